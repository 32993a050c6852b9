/** The lock file beside a spec: what it is called, which one is taken, and where it is wrong. */
import { describe, expect, test } from 'vitest'
import { lockedTool, lockFileOf, lockText } from '../../../src/compiler/lock/spec-lock.ts'
import type { SpecLock } from '../../../src/compiler/lock/spec-lock.ts'
import { compileText } from '../../support/compile-text.ts'
import { expectDiagnostics, expectValid } from '../../support/expect-diagnostics.ts'

const SPEC = `agentspec: 1
name: demo
agents:
  triage: { instructions: Help the customer., mcp_servers: [files] }
mcp_servers:
  files: { command: server, KEYS }
`

function lockOf(...names: readonly string[]): SpecLock {
  const tool = { description: 'Does it', input_schema: { type: 'object', properties: {} } }
  const tools = Object.fromEntries(names.map((name) => [name, lockedTool(name, tool)]))
  return { schema_version: 1, servers: { files: { name: 'files', version: '1', protocol: null, tools } } }
}

function spec(keys: string, lock: string = lockText(lockOf('read', 'write_file', 'edit_file'))): string {
  return `${SPEC.replace('KEYS', keys)}=== spec.lock.json\n${lock}`
}

test('a lock file is called like its spec', () => {
  const names = ['a.yaml', 'specs/desk.YML', 'desk.agent.yaml', 'desk'].map(lockFileOf)
  expect(names).toEqual(['a.lock.json', 'specs/desk.lock.json', 'desk.agent.lock.json', 'desk.lock.json'])
})

test('the text of a lock is the same for equal locks, sorted, and ends with a line feed', () => {
  expect(lockText(lockOf('b', 'a'))).toBe(lockText(lockOf('a', 'b')))
  expect(lockText(lockOf('a')).split('\n').slice(0, 5)).toEqual([
    '{',
    '  "schema_version": 1,',
    '  "servers": {',
    '    "files": {',
    '      "name": "files",',
  ])
  expect(lockText(lockOf('a')).endsWith('}\n')).toBe(true)
})

test('a spec has its lock beside its Program, which is the same with and without', async () => {
  const [locked, free] = [
    await compileText(spec('timeout: 10s')),
    await compileText(SPEC.replace('KEYS', 'timeout: 10s')),
  ]
  expect(locked.lock).toEqual(lockOf('read', 'write_file', 'edit_file'))
  expect(locked.files).toContain('spec.lock.json')
  expect(free.lock).toBeNull()
  expect(locked.hash).toBe(free.hash)
})

describe('an entry that names tools', () => {
  test.for([
    'tool_filter: { allow: ["*_file"], block: [read] }',
    'require_approval: { always: { tool_names: [write_file] }, never: { tool_names: [read] } }',
    'require_approval: { write_file: always }',
    'require_approval: { when: "true" }',
    'tool_filter: { allow: ["${TOOL}"] }',
    'tool_filter: { block: [read_resource] }, resources: { expose: true }',
  ])('may be %s', async (keys) => {
    await expectValid(spec(keys))
  })

  test.for([
    ['tool_filter: { block: [write_fil] }', '6:52', 'write_fil', ' Did you mean "write_file"?'],
    ['tool_filter: { allow: ["*_files"] }', '6:52', '*_files', ''],
    ['require_approval: { always: { tool_names: [read, "*_file"] } }', '6:78', '*_file', undefined],
    ['require_approval: { never: { tool_names: [list] } }', '6:71', 'list', ''],
    ['require_approval: { delete: always }', '6:49', 'delete', ''],
    ['tool_filter: { block: [read_resource] }', '6:52', 'read_resource', undefined],
  ] as const)('must match a locked tool, unlike %s', async ([keys, place, name, suggestion]) => {
    const { diagnostics } = await compileText(spec(keys))
    expect(diagnostics).toMatchObject([{ code: 'AS3023', severity: 'error' }])
    const [{ start, message, hint } = { start: { line: 0, column: 0 }, message: '', hint: '' }] = diagnostics
    expect(`${start.line}:${start.column}`).toBe(place)
    expect(message).toContain(`The MCP server "files" has no tool that matches "${name}".${suggestion ?? ''}`)
    expect(hint).toContain('spec.lock.json has "edit_file", "read", "write_file"')
  })

  test('is not judged where its server is not locked, or nothing is', async () => {
    const keys = 'tool_filter: { block: [nothing] }'
    await expectValid(spec(keys, lockText({ schema_version: 1, servers: {} })))
    await expectValid(SPEC.replace('KEYS', keys))
  })
})

describe('a lock file that cannot be used', () => {
  const good = lockText(lockOf('read'))
  test.for([
    ['', '1:1', 'Unexpected end of JSON input'],
    [good.replace('  "servers"', '<<<<<<< HEAD\n  "servers"'), '3:1', ''],
    ['{ "schema_version": 1,, }', '1:23', ''],
    ['[]', '1:1', 'it is not a JSON object'],
    ['{}', '1:1', 'it lacks the key "schema_version"'],
    [
      '{ "schema_version": 2, "servers": {} }',
      '1:21',
      'it has version 2 of the format, and this agentspec knows 1',
    ],
    ['{ "schema_version": "1", "servers": {} }', '1:21', '/schema_version has a value of the wrong form'],
    ['{ "schema_version": 1, "servers": {}, "more": 1 }', '1:1', 'it has the unknown key "more"'],
    [good.replace('Does it', 'Does that'), '10:19', 'the hash of the tool "read" of files does not fit'],
    [good.replace('"read"', '"write"'), '10:19', 'the hash of the tool "write" of files does not fit'],
    [good.replace('Does it', '\\ud800'), '1:1', 'a text in it is not valid Unicode'],
    [`${'['.repeat(5000)}${']'.repeat(5000)}`, undefined, 'it has more than 80 levels'],
  ] as const)('%#', async ([lock, place, detail]) => {
    const { ok, lock: read, diagnostics } = await compileText(spec('timeout: 1s', lock))
    expect({ ok, read }).toEqual({ ok: false, read: null })
    expect(diagnostics).toMatchObject([{ code: 'AS3024', file: 'spec.lock.json', severity: 'error' }])
    const [{ start, message } = { start: { line: 0, column: 0 }, message: '' }] = diagnostics
    expect(message).toContain(`The lock file "spec.lock.json" cannot be used: ${detail}`)
    if (place !== undefined) expect(`${start.line}:${start.column}`).toBe(place)
  })

  test('is no matter to a spec without servers', async () => {
    const text = `${SPEC.slice(0, SPEC.indexOf('mcp_servers:\n')).replace(', mcp_servers: [files]', '')}=== spec.lock.json\n[]`
    await expectDiagnostics(text, [])
  })
})
