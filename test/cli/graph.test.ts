/** `graph`: a picture on stdout. */
import { describe, expect, test } from 'vitest'
import { HELLO, SHOP, TOOLS } from '../support/cli-specs.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const files = { 'shop.yaml': SHOP, 'tools.ts': TOOLS, 'bad.yaml': HELLO.replace('main,', 'mian,') }

describe('the picture', () => {
  test('is a Mermaid flowchart, unless another format is asked for', async () => {
    using folder = createWorkspace(files)
    const plain = await runCommand(['graph', 'shop.yaml'], { cwd: folder.path })
    expect(plain).toMatchObject({ code: 0, stderr: '' })
    expect(plain.stdout).toMatch(/^---\ntitle: shop 1\.0\.0\n---\nflowchart LR\n/)
    expect(plain.stdout).toContain('tool_cancel["<b>cancel</b><br/>function<br/>asks always"]:::gated\n')
    const svg = await runCommand(['graph', 'shop.yaml', '--format', 'svg'], { cwd: folder.path })
    expect(svg.stdout).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" [^]*<\/svg>\n$/)
  })

  test('is in one object with --json', async () => {
    using folder = createWorkspace(files)
    const words = ['graph', 'shop.yaml', '--format', 'dot', '--json']
    const { code, json } = await runCommand(words, { cwd: folder.path })
    expect({ code, json }).toEqual({
      code: 0,
      json: { format: 'dot', text: expect.stringMatching(/^digraph "shop 1\.0\.0" \{\n[^]*\n\}\n$/) },
    })
  })
})

test('an unknown format is refused with the nearest one', async () => {
  using folder = createWorkspace(files)
  const result = await runCommand(['graph', 'shop.yaml', '--format', 'mermade'], { cwd: folder.path })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('--format cannot be "mermade". Did you mean "mermaid"?')
})

test('a spec with errors is not drawn: they are shown, and the exit is 2', async () => {
  using folder = createWorkspace(files)
  const result = await runCommand(['graph', 'bad.yaml'], { cwd: folder.path })
  expect(result).toMatchObject({ code: 2, stdout: '' })
  expect(result.stderr).toContain('AS3003: Unknown model "mian". Did you mean "main"?')
})
