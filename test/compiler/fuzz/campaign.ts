/** Compiles many broken specs and says what the compiler did wrong. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { compileSpec } from '../../../src/compiler/compile.ts'
import type { CompileResult } from '../../../src/compiler/compile-result.ts'
import { memoryLoader } from '../../support/memory-loader.ts'
import { complaintsAbout } from './expectations.ts'
import { mutate } from './mutations.ts'
import { createRandom } from './random.ts'
import { randomText } from './random-text.ts'
import { chooseSpecimen } from './specimens.ts'
import type { Files } from './specimens.ts'

/** Which cases: those of `seed` from `first`, `count` of them. */
export interface Campaign {
  readonly seed: number
  readonly first: number
  readonly count: number
}

export interface CampaignReport {
  /** One text for each case that went wrong, with what is needed to see it again. */
  readonly failures: readonly string[]
  /** How many compiled, how many were not even YAML, and how often each code was met. */
  readonly compiled: number
  readonly unreadable: number
  readonly codes: ReadonlyMap<string, number>
  /** The case that took longest, in milliseconds of this thread's time. */
  readonly slowest: { readonly index: number; readonly milliseconds: number; readonly characters: number }
  /** Bytes of the heap in use after a tenth of the cases, and at the end. */
  readonly heap: { readonly early: number; readonly late: number }
}

/** No case may take longer: time of the processor, so that a busy machine changes nothing. */
export const MOST_MILLISECONDS = 5_000

/** After so many failures there is enough to look at. */
const MOST_FAILURES = 10

/** Runs the cases one after the other. Prints a line now and then, so that one knows where it hangs if it does. */
export async function runCampaign({ seed, first, count }: Campaign): Promise<CampaignReport> {
  const failures: string[] = []
  const codes = new Map<string, number>()
  const report = { failures, codes, compiled: 0, unreadable: 0, heap: { early: 0, late: 0 } }
  let slowest = { index: first, milliseconds: 0, characters: 0 }
  for (let index = first; index < first + count && failures.length < MOST_FAILURES; index++) {
    if ((index - first) % 10_000 === 0) console.log(`fuzz: seed ${seed}, from case ${index}`)
    if (index - first === Math.floor(count / 10)) report.heap.early = heapInUse()
    const files = caseAt(seed, index)
    const started = threadMilliseconds()
    const outcome = await attempt(files)
    const milliseconds = threadMilliseconds() - started
    if (milliseconds > slowest.milliseconds)
      slowest = { index, milliseconds, characters: (files['spec.yaml'] ?? '').length }
    const complaints = [...outcome.complaints]
    if (milliseconds > MOST_MILLISECONDS) complaints.push(`it took ${Math.round(milliseconds)} ms`)
    if (complaints.length > 0) failures.push(describeFailure(seed, index, complaints, files))
    if (outcome.result?.ok === true) report.compiled++
    else if (outcome.result?.diagnostics.every(({ code }) => code.startsWith('AS1')) === true)
      report.unreadable++
    for (const { code } of outcome.result?.diagnostics ?? []) codes.set(code, (codes.get(code) ?? 0) + 1)
  }
  report.heap.late = heapInUse()
  return { ...report, slowest }
}

/** The files of one case: a random text, or a spec of which one file is broken, mostly the root. */
function caseAt(seed: number, index: number): Files {
  const random = createRandom(seed, index)
  if (random.oneIn(4)) return { ...chooseSpecimen(random), 'spec.yaml': randomText(random) }
  const files = chooseSpecimen(random)
  const path = random.oneIn(8) ? random.pick(Object.keys(files)) : 'spec.yaml'
  return { ...files, [path]: mutate(files[path] ?? '', random) }
}

interface Outcome {
  readonly result?: CompileResult
  readonly complaints: readonly string[]
}

async function attempt(files: Files): Promise<Outcome> {
  try {
    const result = await compileSpec({
      loader: memoryLoader(files),
      rootFile: 'spec.yaml',
      baseDir: '/spec',
      displayName: (path) => path,
      environment: {},
    })
    return { result, complaints: complaintsAbout(result, files) }
  } catch (error) {
    return { complaints: [error instanceof Error ? (error.stack ?? error.message) : String(error)] }
  }
}

function describeFailure(seed: number, index: number, complaints: readonly string[], files: Files): string {
  const { 'spec.yaml': root, ...others } = files
  const texts = Object.entries({ 'spec.yaml': root, ...others }).map(
    ([path, text]) => `${path}: ${JSON.stringify(text).slice(0, 20_000)}`,
  )
  return [`case ${index} of seed ${seed}`, ...complaints.slice(0, 5), ...texts].join('\n')
}

function threadMilliseconds(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1000
}

function heapInUse(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}
