/**
 * agentspec beside others: the same work, against one server, in processes that take turns. `npm run bench:peers` installs
 * the others in `bench/peers` and writes the table into `bench/README.md`. With `--quick` everything is done just once,
 * and nothing is written.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setup as ensureBuilt } from '../scripts/ensure-built.ts'
import { root } from '../scripts/entries.ts'
import { coldStarts, timeColdStarts } from './contest/cold-start.ts'
import { marked, resultsTable } from './contest/report.ts'
import type { Names, Result } from './contest/report.ts'
import { measurements } from './contest/rows.ts'
import type { Measurement, Scale } from './contest/rows.ts'
import { bytesIn, sizeOf } from './contest/sizes.ts'
import { startServer, startWorker } from './contest/team.ts'
import type { Worker } from './contest/team.ts'
import { fixed, median, table } from './support/measure.ts'

const quick = process.argv.includes('--quick')
const scale: Scale = quick
  ? { requests: 20, crowd: 10, tokens: 100, repeat: 1 }
  : { requests: 400, crowd: 500, tokens: 2000, repeat: 5 }
const repetitions = quick ? { each: 1, few: 1, once: 1 } : { each: 7, few: 5, once: 1 }

const peers = join(import.meta.dirname, 'peers')
const contest = join(import.meta.dirname, 'contest')
const names: Names = {
  all: ['floor', '`openai`', '`@openai/agents`', '`ai`', 'agentspec, memory', 'agentspec, SQLite'],
  reference: '`@openai/agents`',
  memory: 'agentspec, memory',
  sqlite: 'agentspec, SQLite',
}
const modules: Readonly<Record<string, string>> = {
  floor: join(contest, 'floor.ts'),
  '`openai`': join(peers, 'openai.ts'),
  '`@openai/agents`': join(peers, 'openai-agents.ts'),
  '`ai`': join(peers, 'ai-sdk.ts'),
  'agentspec, memory': join(contest, 'agentspec-memory.ts'),
  'agentspec, SQLite': join(contest, 'agentspec-sqlite.ts'),
}

async function main(): Promise<void> {
  await ensureBuilt()
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-bench-'))
  const load = loadavg()[0] ?? 0
  try {
    const all = measurements(scale)
    const results = [
      ...(await contestOver(
        folder,
        all.filter((one) => one.fresh !== true),
      )),
      ...(await contestOver(
        folder,
        all.filter((one) => one.fresh === true),
      )),
    ]
    const parts = [
      surroundings(load),
      resultsTable(results, names),
      await coldTable(folder),
      growthLine(results),
      sizesTable(),
    ]
    publish(parts.join('\n\n'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** One worker a contestant; every repetition of a measurement asks each of them in turn. */
async function contestOver(folder: string, list: readonly Measurement[]): Promise<readonly Result[]> {
  using server = await startServer()
  using workers = new DisposableStack()
  const team: Worker[] = []
  for (const name of names.all)
    team.push(workers.use(await startWorker(name, modules[name] ?? '', { baseUrl: server.baseUrl, folder })))
  const results: Result[] = []
  for (const measurement of list) results.push(...(await measure(team, measurement)))
  return results
}

async function measure(team: readonly Worker[], measurement: Measurement): Promise<readonly Result[]> {
  const { work, repeats, rows } = measurement
  const samples = rows.map(() => new Map<string, number[]>(team.map(({ name }) => [name, []])))
  const warmUps = quick || repeats === 'once' ? 0 : 2
  for (let round = -warmUps; round < repetitions[repeats]; round++) {
    for (const { name, ask } of team) {
      const figures = await ask(work)
      for (const [index, { figure }] of rows.entries()) {
        const value = figure(figures)
        if (round >= 0 && value !== undefined) samples[index]?.get(name)?.push(value)
      }
    }
  }
  console.error(rows.map(({ name }) => name).join('; '))
  return rows.map((row, index) => ({ row, samples: samples[index] ?? new Map<string, number[]>() }))
}

async function coldTable(folder: string): Promise<string> {
  const starts = await coldStarts(join(folder, 'cold'))
  const times = await timeColdStarts(starts, quick ? 1 : 11, join(folder, 'cache'))
  const middles = times.map(median)
  const reference = middles[starts.findIndex(({ name }) => name === names.reference)] ?? Number.NaN
  const rows = starts.map(({ name }, index) => {
    const goal = name.includes('Program') ? 0.35 : name.includes('2,000') ? 0.5 : undefined
    const ratio = (middles[index] ?? Number.NaN) / reference
    return [
      name,
      fixed(middles[index] ?? Number.NaN, 0),
      marked(ratio, goal),
      goal === undefined ? '' : `≤ ${goal}`,
    ]
  })
  return table(['process start to first request, ms', 'median', '÷ `@openai/agents`', 'goal'], rows)
}

function growthLine(results: readonly Result[]): string {
  const at = (turns: number, name: string): number => {
    const result = results.find(({ row }) => row.name === `CPU a request, ms: ${turns} turns`)
    return median(result?.samples.get(name) ?? [])
  }
  const grown = names.all.map((name) => `${name} ${fixed(at(400, name) / at(10, name), 1)}`)
  return `CPU a request, growth from 10 to 400 turns (goal for agentspec at most 1.6): ${grown.join('; ')}.`
}

function sizesTable(): string {
  const dependencies = Object.keys(packageJson(root).dependencies ?? {})
  const ours = sizeOf(root, dependencies)
  const own = ['dist', 'bin', 'schemas'].reduce((sum, name) => sum + bytesIn(join(root, name)), 0) / 1e6
  const rows = [
    ['`openai`', sizeOf(peers, ['openai'])] as const,
    ['`@openai/agents` with `zod`', sizeOf(peers, ['@openai/agents', 'zod'])] as const,
    ['`ai` with `@ai-sdk/openai` and `zod`', sizeOf(peers, ['ai', '@ai-sdk/openai', 'zod'])] as const,
    ['agentspec', { packages: ours.packages + 1, megabytes: ours.megabytes + own }] as const,
  ]
  return table(
    ['installed for production', 'MB', 'packages'],
    rows.map(([name, { packages, megabytes }]) => [name, fixed(megabytes, 0), String(packages)]),
  )
}

function surroundings(load: number): string {
  const versions = Object.entries(packageJson(peers).dependencies ?? {}).map(
    ([name, version]) => `${name} ${version}`,
  )
  const day = new Date().toISOString().slice(0, 10)
  return `${day}, Node ${process.versions.node}, ${cpus().length} cores, load ${fixed(load, 1)} before it began; ${versions.join(', ')}.`
}

function packageJson(folder: string): { readonly dependencies?: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies?: Record<string, string>
  }
}

/** Prints the report, and puts it between the markers in the README. */
function publish(report: string): void {
  console.log(report)
  if (quick) return
  const path = join(import.meta.dirname, 'README.md')
  const [before = '', rest = ''] = readFileSync(path, 'utf8').split('<!-- peers -->\n')
  const after = rest.slice(rest.indexOf('<!-- /peers -->'))
  writeFileSync(path, `${before}<!-- peers -->\n\n${report}\n\n${after}`)
}

await main()
