/** What an editor makes of our schema: completion, hover texts and errors of VS Code's YAML extension. */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startLanguageServer } from '../support/language-server.ts'
import type { LanguageServer } from '../support/language-server.ts'

const schema = fileURLToPath(new URL('../../schemas/agentspec.v1.schema.json', import.meta.url))
const head = `# yaml-language-server: $schema=${schema}
agentspec: 1
name: demo
`

let server: LanguageServer

beforeAll(async () => {
  server = await startLanguageServer()
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
})

interface Place {
  readonly textDocument: { readonly uri: string }
  readonly position: { readonly line: number; readonly character: number }
}

/** Opens a spec; `‸` in its text is where the cursor is. */
function open(name: string, body: string): Place {
  const before = `${head}${body}`.split('‸')[0] ?? ''
  const textDocument = { uri: `file:///specs/${name}.yaml`, languageId: 'yaml', version: 1 }
  server.notify('textDocument/didOpen', {
    textDocument: { ...textDocument, text: `${head}${body}`.replace('‸', '') },
  })
  const lines = before.split('\n')
  return { textDocument, position: { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 } }
}

test('keys are completed', async () => {
  const result = await server.request('textDocument/completion', open('keys', 'agents:\n  triage:\n    ‸\n'))
  expect(labelsOf(result)).toEqual(expect.arrayContaining(['instructions', 'handoffs', 'tools', 'model']))
  expect(labelsOf(result)).not.toContain('agentspec')
})

test('keys of a tool are those of its type', async () => {
  const body = 'tools:\n  orders:\n    type: http\n    description: Reads orders\n    ‸\n'
  const labels = labelsOf(await server.request('textDocument/completion', open('tool', body)))
  expect(labels).toEqual(expect.arrayContaining(['url', 'method']))
  expect(labels).not.toContain('handler')
})

test('values are completed', async () => {
  const body = 'agents:\n  triage: {}\napprovals:\n  unattended: ‸\n'
  const labels = labelsOf(await server.request('textDocument/completion', open('values', body)))
  expect(labels).toEqual(expect.arrayContaining(['pause', 'deny', 'fail']))
})

test('a key is explained', async () => {
  const body = 'agents:\n  triage:\n    hand‸offs: []\n'
  const hover = await server.request('textDocument/hover', open('hover', body))
  expect(JSON.stringify(hover)).toContain('Agents this one may hand the conversation to')
})

test('an unknown key is an error at its place, and a right spec has none', async () => {
  open('wrong', 'agents:\n  triage:\n    instructionz: Help.\n')
  open('right', 'agents:\n  triage:\n    instructions: Help.\n')
  expect(await problemsOf('file:///specs/wrong.yaml')).toEqual([
    { line: 5, character: 4, message: 'Property instructionz is not allowed.' },
  ])
  expect(await problemsOf('file:///specs/right.yaml')).toEqual([])
})

test('the examples of the repository, whose header is a relative path, have none either', async () => {
  const folder = new URL('../../specs/', import.meta.url)
  const examples = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.yaml'),
  )
  expect(examples.length).toBeGreaterThan(0)
  for (const file of examples) {
    const { href } = new URL(file, folder)
    const text = readFileSync(new URL(href), 'utf8')
    server.notify('textDocument/didOpen', {
      textDocument: { uri: href, languageId: 'yaml', version: 1, text },
    })
    expect(await problemsOf(href)).toEqual([])
  }
})

function labelsOf(result: unknown): readonly string[] {
  const { items } = result as { readonly items: readonly { readonly label: string }[] }
  return items.map(({ label }) => label)
}

interface Published {
  readonly uri: string
  readonly diagnostics: readonly { readonly range: { readonly start: object }; readonly message: string }[]
}

async function problemsOf(uri: string): Promise<readonly object[]> {
  const fits = (params: unknown): boolean => (params as Published).uri === uri
  const { diagnostics } = (await server.notified('textDocument/publishDiagnostics', fits)) as Published
  return diagnostics.map(({ range, message }) => ({ ...range.start, message }))
}
