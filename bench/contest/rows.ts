/** The rows of the comparison: how each is measured, and in what its figures are. */
import { pausingModel, runModel, streamModel } from './script.ts'
import type { Figures, Work } from './work.ts'

/** One or several rows that come from the same work. */
export interface Measurement {
  readonly work: Work
  /** Once for each repetition, or only once: for what takes long or never varies. */
  readonly repeats: 'each' | 'few' | 'once'
  /** In processes of their own, so that what came before does not count. */
  readonly fresh?: true
  readonly rows: readonly Row[]
}

export interface Row {
  readonly name: string
  /** A figure out of what a worker answered; `undefined` when it cannot do this. */
  readonly figure: (figures: Figures) => number | undefined
  readonly digits: number
  /** Whether more is better. */
  readonly more?: true
  /** Goals, as ratios to `@openai/agents`: over memory, over SQLite. */
  readonly goals?: readonly [memory: number, sqlite: number]
}

/** How much is done: everything, or just enough to see that it works. */
export interface Scale {
  readonly requests: number
  readonly crowd: number
  readonly tokens: number
  readonly repeat: number
}

const per =
  (name: string, amount: number) =>
  (figures: Figures): number | undefined =>
    figures[name] === undefined ? undefined : figures[name] / amount

function cpuOfRequests(turns: number, goals: readonly [number, number], scale: Scale): Measurement {
  const count = Math.max(1, Math.round(scale.requests / turns))
  return {
    work: { type: 'runs', model: runModel(turns, 1), count, atOnce: 1 },
    repeats: turns > 100 ? 'few' : 'each',
    rows: [
      { name: `CPU a request, ms: ${turns} turns`, figure: per('cpu', count * turns), digits: 2, goals },
    ],
  }
}

function cpuOfTokens(
  writes: 'one' | 'each',
  what: string,
  goal: number,
  { tokens, repeat }: Scale,
): Measurement {
  return {
    work: { type: 'streams', model: streamModel(tokens, writes), count: repeat },
    repeats: 'each',
    rows: [
      {
        name: `CPU a streamed token, µs: ${what}`,
        figure: per('cpu', (repeat * tokens) / 1000),
        digits: 1,
        goals: [goal, goal],
      },
    ],
  }
}

function pause(turns: number, goal: number, scale: Scale): Measurement {
  const goals = [goal, goal] as const
  return {
    work: { type: 'pause', model: pausingModel(turns), count: scale.repeat === 1 ? 1 : 3 },
    repeats: turns > 100 ? 'once' : 'few',
    rows: [
      { name: `save a pause, ms: ${turns} turns`, figure: ({ save }) => save, digits: 1, goals },
      { name: `load it, ms: ${turns} turns`, figure: ({ load }) => load, digits: 1, goals },
      {
        name: `bytes of a pause over bytes of history: ${turns} turns`,
        figure: ({ bytes, history }) =>
          bytes === undefined || history === undefined ? undefined : bytes / history,
        digits: 1,
      },
    ],
  }
}

function stored(turns: number): Measurement {
  return {
    work: { type: 'stored', model: runModel(turns, 1) },
    repeats: 'once',
    rows: [{ name: `bytes journaled a turn: ${turns} turns`, figure: per('bytes', turns), digits: 0 }],
  }
}

/** In the order of the table. */
export function measurements(scale: Scale): readonly Measurement[] {
  const { crowd, repeat } = scale
  return [
    cpuOfRequests(10, [0.35, 0.55], scale),
    cpuOfRequests(100, [0.15, 0.25], scale),
    cpuOfRequests(400, [0.08, 0.12], scale),
    cpuOfTokens('one', 'all in one write', 0.25, scale),
    cpuOfTokens('each', 'each in its own', 0.5, scale),
    {
      work: { type: 'streams', model: streamModel(20, 'late'), count: repeat * 5 },
      repeats: 'each',
      rows: [{ name: 'time to first token, ms', figure: ({ first }) => first, digits: 2, goals: [0.4, 0.4] }],
    },
    {
      work: { type: 'session', model: runModel(1, 0), count: repeat * 4, items: 1000 },
      repeats: 'each',
      rows: [
        {
          name: 'CPU of a session turn after 1,000 items, ms',
          figure: per('cpu', repeat * 4),
          digits: 2,
          goals: [0.2, 0.2],
        },
      ],
    },
    pause(100, 0.03, scale),
    pause(400, 0.008, scale),
    ...[10, 100, 400].map(stored),
    {
      fresh: true,
      work: { type: 'runs', model: runModel(5, 2), count: crowd, atOnce: crowd },
      repeats: 'few',
      rows: [
        {
          name: `runs a CPU second, ${crowd} at once, 5 turns of 2 tools`,
          figure: ({ cpu }) => (cpu === undefined ? undefined : (1000 * crowd) / cpu),
          digits: 0,
          more: true,
          goals: [3.5, 2.5],
        },
        { name: 'peak memory of that process, MB', figure: per('rss', 1e6), digits: 0, goals: [0.5, 0.5] },
      ],
    },
  ]
}
