/** The client scenarios of the conformance suite of MCP, driven through runs; exceptions are explained in their file. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { createWorkspace } from '../../support/workspace.ts'

const SUITE = join(
  createRequire(import.meta.url).resolve('@modelcontextprotocol/conformance/package.json'),
  '../dist/index.js',
)
const CLIENT = fileURLToPath(new URL('children/conformance-client.ts', import.meta.url))
const EXCEPTIONS = fileURLToPath(new URL('conformance-exceptions.yaml', import.meta.url))

const PASSING = ['initialize', 'tools_call', 'sse-retry', 'auth/resource-mismatch']

function suite(
  args: readonly string[],
): Promise<{ readonly code: number | string; readonly output: string }> {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  return new Promise((resolve) => {
    execFile(process.execPath, [SUITE, ...args], { cwd: workspace.path }, (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, output: `${stdout}${stderr}` }),
    )
  })
}

test.each([...PASSING, 'elicitation-sep1034-client-defaults', 'auth/metadata-default'])(
  '%s goes as is expected of it',
  async (scenario) => {
    const command = `${process.execPath} ${CLIENT}`
    const args = ['client', '--command', command, '--scenario', scenario, '--timeout', '15000']
    const { code, output } = await suite([...args, '--expected-failures', EXCEPTIONS])
    expect(code, output).toBe(0)
    expect(output).toContain(PASSING.includes(scenario) ? 'OVERALL: PASSED' : 'OVERALL: FAILED')
  },
  60_000,
)

test('every client scenario passes or has its reason', async () => {
  const { output } = await suite(['list'])
  const listed = output.slice(output.indexOf('Client scenarios')).matchAll(/^ {2}- (\S+)/gm)
  const { client } = parse(readFileSync(EXCEPTIONS, 'utf8')) as { readonly client: readonly string[] }
  expect([...PASSING, ...client].toSorted()).toEqual([...listed].map(([, name = '']) => name).toSorted())
})
