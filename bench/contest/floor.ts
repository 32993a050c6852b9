/** The floor: what the work costs with nothing but `node:http` and JSON, written by hand for exactly this task. */
import { Agent, request } from 'node:http'
import type { IncomingMessage } from 'node:http'
import { INSTRUCTIONS, lookUp, QUESTION, TOOL, TOOL_DESCRIPTION } from './contestant.ts'
import type { Arena, CreateContestant } from './contestant.ts'

interface Output {
  readonly type: string
  readonly call_id: string
  readonly arguments: string
  readonly content: readonly { readonly text: string }[]
}

const tools = JSON.stringify([
  {
    type: 'function',
    name: TOOL,
    description: TOOL_DESCRIPTION,
    parameters: {
      type: 'object',
      properties: { order_id: { type: 'integer' } },
      required: ['order_id'],
      additionalProperties: false,
    },
    strict: true,
  },
])

export const createContestant: CreateContestant = async (arena) => {
  const agent = new Agent({ keepAlive: true })
  const post = (body: string): Promise<IncomingMessage> => send(arena, agent, body)
  const head = (model: string): string =>
    `{"model":"${model}","instructions":${JSON.stringify(INSTRUCTIONS)},"tools":${tools},"input":[`
  return {
    async run(model) {
      const items = [JSON.stringify({ role: 'user', content: QUESTION })]
      for (;;) {
        const { output } = JSON.parse(await textOf(await post(`${head(model)}${items.join(',')}]}`))) as {
          output: Output[]
        }
        const calls = output.filter((item) => item.type === 'function_call')
        if (calls.length === 0) return output[0]?.content[0]?.text ?? ''
        for (const item of output) items.push(JSON.stringify(item))
        for (const call of calls) {
          const result = lookUp(JSON.parse(call.arguments) as { order_id: number })
          items.push(JSON.stringify({ type: 'function_call_output', call_id: call.call_id, output: result }))
        }
      }
    },
    async stream(model, onText) {
      const items = JSON.stringify({ role: 'user', content: QUESTION })
      const message = await post(`${head(model)}${items}],"stream":true}`)
      let rest = ''
      for await (const chunk of message) {
        const events = (rest + String(chunk)).split('\n\n')
        rest = events.pop() ?? ''
        for (const event of events) {
          const value = JSON.parse(event.slice(event.indexOf('data: ') + 6)) as {
            type: string
            delta: string
          }
          if (value.type === 'response.output_text.delta') onText(value.delta)
        }
      }
    },
    async close() {
      agent.destroy()
    },
  }
}

function send({ baseUrl, apiKey }: Arena, agent: Agent, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(`${baseUrl}/responses`, {
      method: 'POST',
      agent,
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${apiKey}`,
        'content-length': Buffer.byteLength(body),
      },
    })
      .once('response', resolve)
      .once('error', reject)
      .end(body)
  })
}

async function textOf(message: IncomingMessage): Promise<string> {
  let text = ''
  message.setEncoding('utf8')
  for await (const chunk of message) text += String(chunk)
  return text
}
