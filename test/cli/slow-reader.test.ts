/** A reader who does not read: the run waits for him, all the way to the model's server, and nothing piles up. */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { sse, startModelServer } from '../support/model-server.ts'
import { createWorkspace } from '../support/workspace.ts'

const BIN = fileURLToPath(new URL('../../bin/agentspec.cjs', import.meta.url))
const PIECE = 'x'.repeat(10_000)
const PIECES = 4000

test('of --events costs no memory, and loses and reorders nothing', async () => {
  let sent = 0
  await using server = await startModelServer(async (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    for (let n = 0; n < PIECES; n++) {
      sent = n
      const piece = { type: 'response.output_text.delta', sequence_number: n, delta: `${n} ${PIECE}` }
      if (!response.write(sse([piece]))) await once(response, 'drain')
    }
    const message = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'done' }] }
    const whole = { id: 'resp_1', status: 'completed', output: [message] }
    response.end(sse([{ type: 'response.completed', sequence_number: PIECES, response: whole }]))
  })
  using folder = createWorkspace({
    'big.yaml': `agentspec: 1
name: big
models:
  main: { provider: openai, model: m, base_url: ${server.url}, max_output_bytes: 100000000 }
agents:
  desk: { model: main, instructions: Talk. }
`,
  })
  const child = spawn(process.execPath, [BIN, 'run', 'big.yaml', 'Go', '--events'], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'] ?? '', HOME: folder.path, OPENAI_API_KEY: 'sk-test-0123456789' },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // Nobody reads. The server comes to rest once every buffer on the way is full.
  const resting = await restOf(() => sent)
  expect(resting).toBeGreaterThan(0)
  expect(resting).toBeLessThan(PIECES - 1)
  const memory = peakMemory(child.pid ?? 0)
  if (memory !== null) expect(memory).toBeLessThan(200)

  const pieces: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    const event = JSON.parse(line) as { type: string; data?: { sequence_number?: number; delta?: string } }
    if (event.type === 'model.delta' && event.data?.delta !== undefined) {
      pieces.push(event.data.sequence_number ?? -1)
    }
  }
  expect(pieces).toEqual(Array.from({ length: PIECES }, (_, n) => n))
  expect(sent).toBe(PIECES - 1)
}, 60_000)

/** The value once it has not changed for a while. */
async function restOf(read: () => number): Promise<number> {
  for (let last = -1, same = 0; ;) {
    await new Promise((resolve) => setTimeout(resolve, 50))
    same = read() === last && last > 0 ? same + 1 : 0
    last = read()
    if (same === 20) return last
  }
}

/** Megabytes of resident memory at the most; `null` where the system does not tell. */
function peakMemory(pid: number): number | null {
  try {
    const match = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return match === null ? null : Number(match[1]) / 1000
  } catch {
    return null
  }
}
