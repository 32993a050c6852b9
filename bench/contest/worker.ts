/** A process with one contestant in it: does the work it is sent and answers with what it cost. */
import { cpuOf, median } from '../support/measure.ts'
import type { Contestant, CreateContestant } from './contestant.ts'
import { finalText, readModel } from './script.ts'
import type { Figures, Work } from './work.ts'

/** The contestant, once it is loaded. */
const loaded: Contestant[] = []

process.on('message', (work: Work) => {
  perform(work).then(
    (figures) => process.send?.(figures),
    (error: unknown) => {
      console.error(error)
      process.exit(1)
    },
  )
})
process.on('disconnect', () => process.exit())

async function perform(work: Work): Promise<Figures> {
  if (work.type === 'load') {
    const module = (await import(work.module)) as { readonly createContestant: CreateContestant }
    loaded.push(await module.createContestant(work.arena))
    return {}
  }
  const [contestant] = loaded
  if (contestant === undefined) throw new Error('nothing is loaded yet')
  globalThis.gc?.()
  switch (work.type) {
    case 'runs':
      return runs(contestant, work)
    case 'streams':
      return streams(contestant, work)
    case 'session':
      return session(contestant, work)
    case 'pause':
      return pause(contestant, work)
    default:
      return contestant.storedBytes === undefined ? {} : { bytes: await contestant.storedBytes(work.model) }
  }
}

async function runs(
  contestant: Contestant,
  { model, count, atOnce }: Work & { type: 'runs' },
): Promise<Figures> {
  const expected = expectedText(model)
  let left = count
  const runner = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      requireText(await contestant.run(model), expected)
    }
  }
  const cpu = await cpuOf(async () => {
    await Promise.all(Array.from({ length: atOnce }, runner))
  })
  return { cpu, rss: process.resourceUsage().maxRSS * 1024 }
}

async function streams(
  { stream }: Contestant,
  { model, count }: Work & { type: 'streams' },
): Promise<Figures> {
  if (stream === undefined) return {}
  const script = readModel(model)
  const tokens = 'tokens' in script ? script.tokens : 0
  const firsts: number[] = []
  const cpu = await cpuOf(async () => {
    for (let index = 0; index < count; index++) {
      const started = performance.now()
      let heard = 0
      await stream(model, () => {
        if (heard++ === 0) firsts.push(performance.now() - started)
      })
      if (heard !== tokens) throw new Error(`${heard} of ${tokens} tokens came`)
    }
  })
  return { cpu, first: median(firsts) }
}

async function session(
  contestant: Contestant,
  { model, count, items }: Work & { type: 'session' },
): Promise<Figures> {
  const turn = await contestant.session?.(items)
  if (turn === undefined) return {}
  requireText(await turn(model), expectedText(model))
  const cpu = await cpuOf(async () => {
    for (let index = 0; index < count; index++) requireText(await turn(model), expectedText(model))
  })
  return { cpu }
}

async function pause(contestant: Contestant, { model, count }: Work & { type: 'pause' }): Promise<Figures> {
  const paused = await contestant.pause?.(model)
  if (paused === undefined) return {}
  let text = ''
  const save = await timeOf(count, async () => {
    text = await paused.save()
  })
  const load = await timeOf(count, () => paused.load(text))
  return { save, load, bytes: Buffer.byteLength(text), history: paused.historyBytes }
}

/** The median time of doing something so many times. */
async function timeOf(count: number, work: () => Promise<void>): Promise<number> {
  const times: number[] = []
  for (let index = 0; index < count; index++) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  return median(times)
}

function expectedText(model: string): string {
  const script = readModel(model)
  if ('tokens' in script) throw new Error(`${model} is not a run`)
  return finalText(script)
}

function requireText(text: string, expected: string): void {
  if (text !== expected) throw new Error(`a run ended with "${text}" instead of "${expected}"`)
}
