import { describe, expect, test } from 'vitest'
import { documentOf } from '../../../src/runtime/documents/document-of.ts'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import { sealDocument, verifySeal } from '../../../src/runtime/documents/seal.ts'
import type { StateDocument } from '../../../src/runtime/documents/state-document.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { foldJournal } from '../../../src/runtime/state/apply.ts'
import type { RunState } from '../../../src/runtime/state/run-state.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { compiled, functionTool, program } from '../../support/program.ts'
import { asJson, deskSpec, KEY, makeRun, portsOver, runtimeOver, storeWith } from './support.ts'

async function exported(name: string, key: string | null): Promise<StateDocument> {
  const { runtime, run_id } = await makeRun(name, key)
  return await runtime.exportState(run_id, { bundle: true })
}

async function imported(
  document: unknown,
  key: string | null = KEY,
): Promise<{ readonly runtime: Runtime; readonly state: RunState; readonly run_id: string }> {
  const runtime = runtimeOver(memoryStore(), key)
  const { run_id } = await runtime.importState(asJson(document), { trustSpec: true })
  return { runtime, run_id, state: foldJournal(await runtime.events(run_id)) }
}

const decisions = (state: RunState): readonly string[] =>
  [...state.requests.values()].map((request) => request.status)

describe('decisions of a document', () => {
  test('count when it is sealed with our key', async () => {
    const { state, runtime, run_id } = await imported(await exported('decided', KEY))
    expect(decisions(state)).toEqual(['decided', 'decided'])
    expect(state.sticky.size).toBe(1)
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
  })

  test.for([
    ['it is not sealed', null, KEY],
    ['it is sealed with another key', 'another key', KEY],
    ['there is no key to tell', KEY, null],
    ['nobody has a key', null, null],
  ] as const)('do not count when %s', async ([, sealedWith, key]) => {
    const { state, runtime, run_id } = await imported(await exported('decided', sealedWith), key)
    expect(decisions(state)).toEqual(['pending', 'pending'])
    expect(state.sticky.size).toBe(0)
    expect((await runtime.show(run_id)).interruptions).toHaveLength(2)
    const resumed = await runtime.resume(run_id).result
    expect(resumed).toMatchObject({
      status: 'paused',
      interruptions: [{ call_id: 'call_1_1' }, { call_id: 'call_1_2' }],
    })
    expect((await runtime.events(run_id)).some((event) => event.type === 'tool.started')).toBe(false)
    await runtime.decide(run_id, { calls: 'all', decision: 'approve', by: 'cleo' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
    const ran = (await runtime.events(run_id)).filter((event) => event.type === 'tool.started')
    expect(ran.map((event) => event.arguments)).toEqual([{ n: 1 }, { n: 2 }])
  })

  test('stay uncounted when the document goes on under the seal of whoever imported it', async () => {
    const first = await imported(await exported('decided', null))
    const resealed = await first.runtime.exportState(first.run_id, { bundle: true })
    expect(verifySeal(resealed, KEY)).toBe('sealed')
    const { state } = await imported(resealed)
    expect(decisions(state)).toEqual(['pending', 'pending'])
    expect(state.sticky.size).toBe(0)
  })

  test('made where it was imported count from there on, until a document loses its seal again', async () => {
    const first = await imported(await exported('decided', null))
    await first.runtime.decide(first.run_id, { calls: ['call_1_2'], decision: 'approve', by: 'cleo' })
    const sealed = await first.runtime.exportState(first.run_id, { bundle: true })
    expect(decisions((await imported(sealed)).state)).toEqual(['pending', 'decided'])
    const { seal: _, ...unsealed } = sealed
    expect(decisions((await imported(unsealed)).state)).toEqual(['pending', 'pending'])
  })

  test('are refused with the whole document when that was changed under its seal', async () => {
    const document = await exported('decided', KEY)
    const store = memoryStore()
    const changed = asJson({ ...document, session_items: [] })
    await expect(importRun(portsOver(store), changed)).rejects.toMatchObject({
      name: 'UsageFailure',
      code: 'broken_seal',
    })
    expect(await store.listRuns()).toEqual([])
  })
})

describe('a call that had started', () => {
  const spec = program({
    script: [{ tool_calls: [{ name: 'read' }] }, { text: 'done' }],
    tools: [functionTool('read', { on_unknown: 'retry' })],
    source: 'export function read() { return 1 }',
  })

  async function cutShort(key: string | null): Promise<StateDocument> {
    const runtime = runtimeOver(memoryStore(), null)
    const { run_id } = await runtime.start(compiled(spec), 'Go').result
    const journal = (await runtime.events(run_id)).slice(0, 4)
    expect(journal.at(-1)).toMatchObject({ type: 'tool.started' })
    const document = documentOf(journal, { bundle: { program: asJson(spec) } })
    return key === null ? document : sealDocument(document, key)
  }

  test('does what its tool says when the document is sealed', async () => {
    const { runtime, run_id } = await imported(await cutShort(KEY))
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
  })

  test('is asked about, whatever its tool says, when nobody vouches for the document', async () => {
    const { runtime, run_id } = await imported(await cutShort(null))
    const paused = await runtime.resume(run_id).result
    expect(paused).toMatchObject({ status: 'paused', interruptions: [{ kind: 'in_doubt', tool: 'read' }] })
    await runtime.decide(run_id, { calls: [], decision: 'approve', by: 'cleo', result: 'it was 1' })
    expect(await runtime.resume(run_id).result).toMatchObject({ status: 'completed' })
    const completed = (await runtime.events(run_id)).find((event) => event.type === 'tool.completed')
    expect(completed).toMatchObject({ output: 'it was 1' })
  })
})

describe('the code of a document', () => {
  test('that nobody vouches for is taken only when the user says so', async () => {
    const document = asJson(await exported('decided', null))
    const store = memoryStore()
    await expect(importRun(portsOver(store), document)).rejects.toMatchObject({
      name: 'UsageFailure',
      code: 'untrusted_spec',
      hint: expect.stringContaining('--trust-spec'),
    })
    expect([await store.listRuns(), await store.listSpecs()]).toEqual([[], []])
    await importRun(portsOver(store), document, { trustSpec: true })
    expect(await store.listSpecs()).toMatchObject([{ name: 'test', version: '1.0.0', runs: 1 }])
  })

  test('under our seal is taken', async () => {
    const store = memoryStore()
    await importRun(portsOver(store), asJson(await exported('decided', KEY)))
    expect(await store.listSpecs()).toHaveLength(1)
  })

  test('that is archived already needs no word', async () => {
    const { runtime, run_id, spec } = await makeRun('decided', null)
    const store = await storeWith(spec)
    await importRun(portsOver(store), asJson(await runtime.exportState(run_id, { bundle: true })))
    expect(await store.listRuns()).toHaveLength(1)
  })

  test('that is neither here nor there is missed', async () => {
    const { runtime, run_id } = await makeRun('decided')
    const document = asJson(await runtime.exportState(run_id))
    await expect(importRun(portsOver(memoryStore()), document)).rejects.toMatchObject({
      code: 'unknown_spec',
      hint: expect.stringContaining('--bundle'),
    })
  })

  test('has the name and the version that the run says', async () => {
    const { runtime, run_id, spec } = await makeRun('decided', null)
    const text = JSON.stringify(await runtime.exportState(run_id)).replaceAll(
      '"version":"1.0.0"',
      '"version":"2.0.0"',
    )
    await expect(importRun(portsOver(await storeWith(spec)), JSON.parse(text))).rejects.toMatchObject({
      code: 'invalid_document',
      message: expect.stringMatching(/at \/spec: sha256:\w+ is test 1.0.0, not test 2.0.0$/),
    })
  })
})

describe('a document of somebody who means harm', () => {
  test('cannot say where packages are loaded from', async () => {
    const document = asJson(await exported('paused', null))
    const text = JSON.stringify(document).replace(
      '"type":"run.started"',
      '"type":"run.started","base_dir":"/tmp/evil"',
    )
    await expect(
      importRun(portsOver(memoryStore()), JSON.parse(text), { trustSpec: true }),
    ).rejects.toMatchObject({
      message: expect.stringContaining('/journal/0/base_dir: does not belong into a document'),
    })
  })

  test('cannot show one thing and have another approved', async () => {
    const document = await exported('paused', null)
    const text = JSON.stringify(document).replaceAll('"arguments":{"n":1}', '"arguments":{"n":0}')
    await expect(
      importRun(portsOver(memoryStore()), JSON.parse(text), { trustSpec: true }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        '/journal/3: approval.requested: it shows other arguments than the call has',
      ),
    })
  })

  test('cannot hide behind depth, length or odd characters', async () => {
    const document = await exported('completed', null)
    const spec = deskSpec([])
    const store = await storeWith(spec)
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`
    const long = `[${'{},'.repeat(300_000)}{}]`
    const withContext = (context: string): unknown =>
      JSON.parse(JSON.stringify(document).replace('"context":{}', `"context":${context}`))
    for (const [value, problem] of [
      [withContext(`{"a":${deep}}`), 'nested deeper than 500 levels'],
      [withContext('{"a":"\\ud800"}'), '/journal/0/context/a: not valid Unicode text'],
      [withContext('{"\\ud800":1}'), '/journal/0/context: a key is not valid Unicode'],
      [withContext('{"a":1e999}'), '/journal/0/context/a: a number that is too large'],
      [
        JSON.parse(JSON.stringify(document).replace('"items":[', `"items":${long.slice(0, -1)},`)),
        'it does not fit',
      ],
      [
        JSON.parse(JSON.stringify(document).replace('{', '{"__proto__":{"status":"paused"},')),
        'unknown key "__proto__"',
      ],
    ] as const) {
      await expect(importRun(portsOver(store), value, { trustSpec: true })).rejects.toMatchObject({
        name: 'UsageFailure',
        code: 'invalid_document',
        message: expect.stringContaining(problem),
      })
    }
  })

  test('cannot bring in an agent that the spec does not have', async () => {
    const text = JSON.stringify(await exported('paused', null))
      .replace(/"program":.*/, '')
      .replace(/,$/, '}')
    const { spec } = await makeRun('paused', null)
    const changed = JSON.parse(text.replaceAll('"agent":"main"', '"agent":"nobody"'))
    await expect(importRun(portsOver(await storeWith(spec)), changed)).rejects.toMatchObject({
      code: 'invalid_document',
      message: 'The state document is not valid at /journal: spec test 1.0.0 has no agent nobody',
    })
  })

  test('cannot let distrust begin after its end', async () => {
    const text = JSON.stringify(await exported('completed', null))
    const later = text.replace('"type":"run.started"', '"type":"run.started","distrusted_upto":9')
    await expect(importRun(portsOver(memoryStore()), JSON.parse(later))).rejects.toMatchObject({
      message: expect.stringContaining('/journal/0: distrusted_upto (9) is after the last event'),
    })
  })
})

describe('what is no document of this release', () => {
  test.for([
    [null, 'The state document is not valid: it is not a JSON object'],
    [[], 'The state document is not valid: it is not a JSON object'],
    ['text', 'The state document is not valid: it is not a JSON object'],
    [undefined, 'The state document is not valid: undefined is not JSON'],
    [{}, 'The state document is not valid: "schema_version" is missing; this release reads version 1'],
    [{ schema_version: 2 }, 'The document has schema_version 2; this release reads version 1'],
    [{ schema_version: '1' }, 'The document has schema_version "1"; this release reads version 1'],
    [{ schema_version: 1 }, 'The state document is not valid: "run_id" is missing'],
  ] as const)('is refused (%j)', async ([value, message]) => {
    await expect(importRun(portsOver(memoryStore()), value)).rejects.toMatchObject({
      name: 'UsageFailure',
      message,
    })
  })

  test('says that a newer release wrote it', async () => {
    await expect(importRun(portsOver(memoryStore()), { schema_version: 2 })).rejects.toMatchObject({
      code: 'unsupported_schema_version',
      hint: 'It was written by a newer release: update agentspec',
    })
  })

  test('names the place of what is wrong', async () => {
    const document = asJson(await exported('paused', null))
    for (const [from, to, message] of [
      ['"type":"turn.started"', '"type":"turn.begun"', '/journal/1/type: must be one of run.started, '],
      ['"run_id":"run_test1"', '"run_id":"a b"', '/run_id: "a b" is not a valid run id'],
      ['"turn":1,', '"turn":0,', '/journal/1/turn: must be at least 1, not 0'],
      ['"attempts":1', '"attempts":1,"extra":true', '/journal/2: unknown key "extra"'],
      ['"rule":{', '"rule":7,"x-rule":{', '/journal/3: unknown key "x-rule"'],
      ['"status":"paused"', '"status":"completed"', '/status: the journal says paused, not completed'],
      ['"interruptions":[{', '"interruptions":[],"x":[{', 'unknown key "x"'],
    ] as const) {
      const damaged = JSON.parse(JSON.stringify(document).replace(from, to))
      await expect(importRun(portsOver(memoryStore()), damaged)).rejects.toMatchObject({
        message: expect.stringContaining(message),
      })
    }
  })
})
