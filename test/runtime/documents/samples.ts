/** An event of every type with all the keys it can have; the types see to it that none is missing or made up. */
import type { Usage } from '../../../src/runtime/state/usage.ts'
import type { EventPayloads, EventType, Interruption } from '../../../src/runtime/state/events.ts'
import type { SpecChange } from '../../../src/runtime/state/spec-change.ts'

const HASH = `sha256:${'0a'.repeat(32)}`
const AT = '2026-11-01T00:00:00.000Z'
const head = { run_id: 'run_1', seq: 1, at: AT, path: ['call_0'] } as const
const spec = { name: 'desk', version: '1.0.0', hash: HASH } as const
const options = {
  model: 'openai/any',
  agent_models: { main: 'openai/any' },
  max_turns: null,
  stream: false,
} as const

const call = {
  call_id: 'call_1',
  turn: 1,
  agent: 'main',
  tool: 'write',
  kind: 'function',
  server: null,
  arguments: { n: 1 },
} as const

const interruption: Interruption = {
  request: 4,
  call_id: 'call_1',
  kind: 'in_doubt',
  agent: 'main',
  tool: 'write',
  server: 'files',
  arguments: 'not JSON',
  path: ['call_0'],
  digest: HASH,
  requested_at: AT,
  expires_at: AT,
  elicitation: { message: 'Which one?', schema: { type: 'object' } },
}

const usage: Usage = {
  requests: 1,
  input_tokens: 2,
  output_tokens: 3,
  total_tokens: 5,
  input_tokens_details: { cached_tokens: 0 },
  output_tokens_details: { reasoning_tokens: 0 },
}

const change: SpecChange = {
  class: 'needs_reapproval',
  reasons: ['tool write: renamed'],
  ask_again: [4],
  withdrawn: [5],
  migration: {
    agents: { main: 'first' },
    tools: { write: 'put' },
    calls: [{ path: [], call_id: 'call_1', name: 'put', arguments: { n: 1 }, dropped: 'No.' }],
    context: { tier: 'free' },
  },
}

type Complete<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> }

const PAYLOADS: { readonly [T in EventType]: Complete<EventPayloads[T]> } = {
  'run.started': {
    spec,
    session: { id: 'customer', from: 0, upto: 2 },
    agent: 'main',
    input: [{ role: 'user', content: 'Go' }],
    context: { customer: '12' },
    options,
    base_dir: '/home',
    spec_file: 'desk.yaml',
    lock: { files: { read: HASH } },
    distrusted_upto: 3,
    merges_input: true,
  },
  'run.resumed': {
    reason: 'paused',
    options,
    spec,
    context: {},
    base_dir: '/home',
    spec_file: 'desk.yaml',
    change,
    lock: { files: { read: HASH } },
  },
  'run.migrated': { spec, change, base_dir: '/home', spec_file: 'desk.yaml', lock: null },
  'drift.accepted': { tools: [{ server: 'files', tool: 'read', hash: HASH }] },
  'turn.started': {
    turn: 1,
    agent: 'main',
    disabled: ['search'],
    instructions: 'Be brief.',
    mcp_tools: [{ name: 'read', server: 'files', tool: 'read', definition: HASH }],
    merged: { view: [0, { role: 'user', content: 'Go' }], input: [1] },
  },
  'model.responded': {
    response_id: 'resp_1',
    items: [
      { type: 'function_call', call_id: 'call_1', name: 'write', arguments: '{}' },
      { type: 'reasoning' },
    ],
    usage,
    attempts: 1,
    restored: [{ call_id: 'call_1', arguments: {} }],
    withheld: true,
    judged_input: 1,
    guardrail_usage: usage,
  },
  'tool.started': {
    ...call,
    decision: 5,
    nested: { agent: 'other', input: [{}], max_turns: null },
    guardrail_usage: usage,
  },
  'tool.completed': {
    ...call,
    decision: null,
    output: [{ type: 'input_text', text: 'done' }],
    is_error: false,
    duration_ms: 1.5,
    context_patch: { written: null },
    reason: 'rejected',
    failed_attempts: { agent: 'other', attempts: 2 },
    guardrail_usage: usage,
  },
  'approval.requested': {
    ...call,
    path: ['call_0'],
    digest: HASH,
    tool_identity: HASH,
    expires_at: null,
    elicitation: { message: 'Which one?', schema: { type: 'object' } },
    rule: { kind: 'tool' },
    mcp_tool: { definition: HASH, description: 'Writes', parameters: { type: 'object' } },
    guardrail_usage: usage,
  },
  'approval.decided': {
    request: 4,
    call_id: 'call_1',
    decision: 'approve',
    always: true,
    by: 'ana',
    reason: 'small',
    message: 'fine',
    arguments: { n: 2 },
    result: [1],
    digest: HASH,
    tool_identity: HASH,
  },
  'handoff.occurred': {
    from: 'main',
    to: 'other',
    call_id: 'call_1',
    input: null,
    ignored: ['call_2'],
    view: { input_history: [{ role: 'user', content: 'Hi' }], items: [] },
  },
  'guardrail.tripped': {
    guardrail: 'pii',
    where: 'tool_input',
    agent: 'main',
    tool: 'write',
    call_id: 'call_1',
    message: 'it names a person',
    info: ['name'],
    guardrail_usage: usage,
  },
  'session.compacted': { from: 0, upto: 12, mode: 'input', usage },
  'session.appended': { upto: 3 },
  'input.added': { items: [{ role: 'user', content: 'And?' }] },
  'cancel.requested': { by: 'ana', reason: 'enough' },
  'run.paused': { interruptions: [interruption] },
  'run.completed': {
    final_output: { ok: true },
    items: [{ role: 'assistant', content: 'Done' }],
    guardrail_usage: usage,
  },
  'run.failed': {
    error: { code: 'tool_failed', message: 'no', agent: 'main', tool: 'write', call_id: 'call_1' },
    attempts: 2,
  },
  'run.cancelled': { by: 'ana', reason: 'enough' },
}

export const EVENT_TYPES = Object.keys(PAYLOADS) as readonly EventType[]

export function sampleOf(type: EventType): object {
  return { type, ...head, ...PAYLOADS[type] }
}
