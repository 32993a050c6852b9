/** What the server plays: the answers of a model whose name says how long a run is. */

/** `turns` model calls; each but the last makes `calls` tool calls. `pauses`: the last one calls the guarded tool. */
export interface Script {
  readonly turns: number
  readonly calls: number
  readonly pauses: boolean
}

/** A streamed answer of so many tokens: all in one write, each in its own, or the rest only after the first was read. */
export interface Stream {
  readonly tokens: number
  readonly writes: 'one' | 'each' | 'late'
}

export function runModel(turns: number, calls: number): string {
  return `run-${turns}-${calls}`
}

export function pausingModel(turns: number): string {
  return `pause-${turns}-1`
}

export function streamModel(tokens: number, writes: Stream['writes']): string {
  return `stream-${tokens}-${writes}`
}

export function readModel(name: string): Script | Stream {
  const [kind = '', first = '', second = ''] = name.split('-')
  if (kind === 'stream' && (second === 'one' || second === 'each' || second === 'late'))
    return { tokens: Number(first), writes: second }
  if (kind !== 'run' && kind !== 'pause') throw new Error(`no script is called ${name}`)
  return { turns: Number(first), calls: Number(second), pauses: kind === 'pause' }
}

/** The text a run of a script ends with. */
export function finalText({ turns }: Script): string {
  return `Done after ${turns} turns.`
}

type Value = Readonly<Record<string, unknown>>

/** The answer to a request whose history has so many tool outputs. */
export function answerTo(script: Script, model: string, outputs: number): Value {
  const turn = script.calls === 0 ? script.turns : 1 + outputs / script.calls
  if (turn < script.turns) return responseOf(model, turn, callsOf('look_up', turn, script.calls))
  if (script.pauses) return responseOf(model, turn, callsOf('cancel_order', turn, 1))
  return responseOf(model, turn, [messageOf(turn, finalText(script))])
}

function callsOf(name: string, turn: number, count: number): Value[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `fc_${turn}_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: `call_${turn}_${index}`,
    name,
    arguments: JSON.stringify({ order_id: turn }),
  }))
}

function messageOf(turn: number, text: string): Value {
  return {
    id: `msg_${turn}`,
    type: 'message',
    status: 'completed',
    role: 'assistant',
    content: [{ type: 'output_text', text, annotations: [], logprobs: [] }],
  }
}

function responseOf(model: string, turn: number, output: readonly Value[], status = 'completed'): Value {
  return {
    id: `resp_${turn}`,
    object: 'response',
    created_at: 1_790_000_000,
    status,
    background: false,
    error: null,
    incomplete_details: null,
    instructions: null,
    max_output_tokens: null,
    metadata: {},
    model,
    output,
    parallel_tool_calls: true,
    previous_response_id: null,
    reasoning: { effort: null, summary: null },
    service_tier: 'default',
    store: true,
    temperature: 1,
    text: { format: { type: 'text' }, verbosity: 'medium' },
    tool_choice: 'auto',
    tools: [],
    top_logprobs: 0,
    top_p: 1,
    truncation: 'disabled',
    usage:
      status === 'completed'
        ? {
            input_tokens: 100,
            input_tokens_details: { cached_tokens: 0 },
            output_tokens: 20,
            output_tokens_details: { reasoning_tokens: 0 },
            total_tokens: 120,
          }
        : null,
    user: null,
  }
}

/** The events of a streamed answer as they go over the wire: what comes before the text, its tokens, the rest. */
export function streamEvents(
  { tokens }: Stream,
  model: string,
): { head: string; tokens: string[]; tail: string } {
  let sequence = 0
  const event = (type: string, rest: Value): string =>
    `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...rest })}\n\n`
  const text = Array.from({ length: tokens }, (_, index) => ` token${index % 10}`)
  const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
  const whole = messageOf(1, text.join(''))
  const open = { ...messageOf(1, ''), status: 'in_progress', content: [] }
  const head = [
    event('response.created', { response: responseOf(model, 1, [], 'in_progress') }),
    event('response.in_progress', { response: responseOf(model, 1, [], 'in_progress') }),
    event('response.output_item.added', { output_index: 0, item: open }),
    event('response.content_part.added', {
      ...place,
      part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
    }),
  ].join('')
  const deltas = text.map((delta, index) =>
    event('response.output_text.delta', { ...place, delta, logprobs: [], obfuscation: `obf${index % 100}` }),
  )
  const tail = [
    event('response.output_text.done', { ...place, text: text.join(''), logprobs: [] }),
    event('response.content_part.done', {
      ...place,
      part: { type: 'output_text', text: text.join(''), annotations: [], logprobs: [] },
    }),
    event('response.output_item.done', { output_index: 0, item: whole }),
    event('response.completed', { response: responseOf(model, 1, [whole]) }),
  ].join('')
  return { head, tokens: deltas, tail }
}
