/** The cassette of a test: read to be played, or written once the test has run. */
import { dirname, join } from 'node:path'
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import { systemClock } from '../../runtime/ports.ts'
import type { Clock } from '../../runtime/ports.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import { readCassette, writeCassette } from './cassette.ts'
import type { Exchange } from './cassette.ts'
import { divergencePointer } from './divergence-place.ts'
import type { TestFailure } from './outcome.ts'
import type { ReadTestFile } from './read-test-file.ts'
import { replayModel } from './replay-model.ts'
import type { ReplayedModel } from './replay-model.ts'
import type { RunTest } from './test-file.ts'
import type { AnswerSource } from './test-model.ts'

export interface Tape {
  readonly source: AnswerSource
  /** It is always the time of the recording, so that a request that says it is the same. */
  readonly clock?: Clock
  /** What the tape says once the test has run: that something was not as recorded. */
  readonly finish: (failures: readonly TestFailure[]) => Promise<readonly TestFailure[]>
}

interface Played {
  readonly read: ReadTestFile
  readonly compiled: CompileSuccess
  readonly records: boolean
}

/** @throws ModelFailure for a cassette that cannot be read. */
export async function openTape(bench: Played, test: RunTest, at: Path): Promise<Tape> {
  const { replay, model } = test
  const untouched = (failures: readonly TestFailure[]): Promise<readonly TestFailure[]> =>
    Promise.resolve(failures)
  if (replay === undefined) {
    const source: AnswerSource = model === undefined ? { kind: 'spec' } : { kind: 'script', script: model }
    return { source, finish: untouched }
  }
  const path = join(dirname(bench.read.path), replay)
  if (bench.records) return recordingTape(path)
  const cassette = await readCassette(path)
  const played = replayModel(cassette)
  return {
    source: { kind: 'replay', model: played },
    clock: clockAt(cassette.recorded_at),
    finish: async (failures) => divergences(bench, played, at) ?? failures,
  }
}

function recordingTape(path: string): Tape {
  const exchanges: Exchange[] = []
  const recorded_at = new Date().toISOString()
  return {
    source: { kind: 'record', exchanges },
    clock: clockAt(recorded_at),
    finish: async (failures) => {
      if (exchanges.length > 0) await writeCassette(path, { recorded_at, exchanges })
      return failures
    },
  }
}

function clockAt(time: string): Clock {
  return { ...systemClock(), now: () => new Date(time) }
}

/** The first divergence, and nothing of what follows from it; `undefined`: all was as recorded. */
function divergences(
  { read, compiled }: Played,
  played: ReplayedModel,
  at: Path,
): readonly TestFailure[] | undefined {
  const found = played.divergence()
  const own = (key: string): Omit<TestFailure, 'message'> => ({
    ...read.document.rangeAt([...at, key], 'value'),
    pointer: toPointer([...at, key]),
    diverges: true,
  })
  if (found === undefined) {
    const left = played.left()
    if (left === 0) return undefined
    const times = left === 1 ? 'once' : `${left} times`
    return [{ message: `the model was asked ${times} more when this was recorded`, ...own('replay') }]
  }
  const { message, expected, actual } = found
  const pointer = divergencePointer(compiled.program, found)
  const place = pointer === undefined ? undefined : compiled.placeOf(pointer)
  return [
    {
      message,
      ...(place === undefined || pointer === undefined
        ? own('replay')
        : { ...place, pointer, diverges: true }),
      ...(expected === undefined ? {} : { expected }),
      ...(actual === undefined ? {} : { actual }),
    },
  ]
}
