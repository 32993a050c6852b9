/** How long the command takes as a whole process, against a Node that does nothing: its version, its help, checks of several lengths. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import { setup as ensureBuilt } from '../scripts/ensure-built.ts'
import { root } from '../scripts/entries.ts'
import { generateSpec } from './support/generate-spec.ts'
import { fixed, median, table } from './support/measure.ts'

const rounds = 15
const lengths = [100, 2000, 10_000]

/** A command line of Node, and how long it took each time, in milliseconds. */
interface Timed {
  readonly name: string
  readonly args: readonly string[]
  readonly times: number[]
}

/** Prints the table. Everything it writes is in a folder that goes away. */
async function main(): Promise<void> {
  await ensureBuilt()
  const folder = mkdtempSync(join(tmpdir(), 'agentspec-bench-'))
  try {
    const bare: Timed = { name: '`node -e 0`', args: ['-e', '0'], times: [] }
    const words = ['--version', '--help'].map(wordOf)
    const checks = lengths.map((lines) => checkOf(folder, lines))
    const floor = await onlyYaml(folder)
    for (let round = -1; round < rounds; round++) {
      for (const timed of [bare, ...words, ...checks, floor]) {
        const time = run(timed.args, folder)
        // The first one fills the cache of compiled code.
        if (round >= 0) timed.times.push(time)
      }
    }
    console.log(
      `The command as a whole process, \`check\` of specs of several lengths, ${rounds} times in turn with \`node -e 0\`\n`,
    )
    console.log(timesTable([bare, ...words, ...checks, floor]))
    console.log(`\n${growth(checks)}`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function wordOf(word: string): Timed {
  return { name: `\`agentspec ${word}\``, args: [join(root, 'bin/agentspec.cjs'), word], times: [] }
}

function checkOf(folder: string, lines: number): Timed {
  const home = join(folder, String(lines))
  for (const [path, text] of Object.entries(generateSpec(lines))) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), text)
  }
  const args = [join(root, 'bin/agentspec.cjs'), 'check', join(home, 'spec.yaml')]
  return { name: `${lines.toLocaleString('en')} lines`, args, times: [] }
}

/** A process that reads the YAML of 2,000 lines with the library alone: what no check can undercut. */
async function onlyYaml(folder: string): Promise<Timed> {
  const file = join(folder, 'only-yaml.mjs')
  const bundler = await rolldown({
    input: join(root, 'bench/support/only-yaml.ts'),
    platform: 'node',
    resolve: { alias: { yaml: join(root, 'node_modules/yaml/browser/index.js') } },
  })
  await bundler.write({ file, format: 'esm' })
  await bundler.close()
  return { name: '`yaml` alone, 2,000 lines', args: [file, join(folder, '2000/spec.yaml')], times: [] }
}

/** Milliseconds of wall clock. A command that fails, or has something to say, is not what we measure. */
function run(args: readonly string[], folder: string): number {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'cache'), NO_COLOR: '1' }
  const started = performance.now()
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  const time = performance.now() - started
  const isHelp = args.at(-1) === '--help'
  if (status !== 0 || stderr !== '' || (stdout.split('\n').length > 2 && !isHelp))
    throw new Error(`${args.join(' ')} gave ${status}:\n${stdout}${stderr}`)
  return time
}

/** The first row is what the others are compared with. */
function timesTable(timed: readonly Timed[]): string {
  const [bare = []] = timed.map(({ times }) => times)
  const rows = timed.map(({ name, times }) => [
    name,
    fixed(median(times), 0),
    fixed(median(times) / median(bare)),
    fixed(Math.min(...times), 0),
    fixed(Math.min(...times) / Math.min(...bare)),
  ])
  return table(['', 'median, ms', 'of bare Node', 'least, ms', 'of bare Node'], rows)
}

/** Times beyond that of the shortest spec, which is mostly the start, over lines beyond those of the shortest. */
function growth(checks: readonly Timed[]): string {
  const beyond = checks.map(({ times }) => median(times) - median(checks[0]?.times ?? []))
  const perLine = lengths.map((lines, index) => (1000 * (beyond[index] ?? 0)) / (lines - (lengths[0] ?? 0)))
  const shown = lengths.flatMap((lines, index) =>
    index === 0
      ? []
      : [`${fixed(perLine[index] ?? 0, 1)} µs a line up to ${lines.toLocaleString('en')} lines`],
  )
  return `Growth: ${shown.join(', ')}.`
}

await main()
