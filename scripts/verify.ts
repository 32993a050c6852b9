/** Every check of the project: `npm test`. Prints one line a check, and the output of those that failed. */
import { spawn } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { root } from './entries.ts'

interface Check {
  readonly name: string
  /** The npm script that does it. */
  readonly script: string
}

interface Outcome {
  readonly ok: boolean
  readonly output: string
}

/** Independent of each other, longest first. The build comes first, for the tests need it. */
const checks: readonly Check[] = [
  { name: 'build', script: 'build' },
  { name: 'types', script: 'types' },
  { name: 'lint', script: 'lint' },
  { name: 'dead code', script: 'knip' },
  { name: 'generated files', script: 'gen:check' },
  { name: 'format', script: 'format:check' },
  { name: 'spelling', script: 'spell' },
]
const allTests: Check = { name: 'tests', script: 'tests' }
/** What is left to run when there is no build. */
const unitTests: Check = { name: 'tests', script: 'unit' }

async function verify(): Promise<void> {
  const failed: string[] = []
  const queue = [...checks]
  const worker = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) {
      if (!(await run(check)).ok) failed.push(check.name)
    }
  }
  await Promise.all(Array.from({ length: Math.max(2, availableParallelism()) }, worker))

  const tests = failed.includes('build') ? unitTests : allTests
  const outcome = await run(tests)
  if (!outcome.ok) failed.push(tests.name)

  console.log(failed.length === 0 ? 'every check passed' : `failed checks: ${failed.join(', ')}`)
  const closing = outcome.output.match(/^\d+ passed, \d+ failed.*$/gm)?.at(-1)
  if (closing !== undefined) console.log(closing)
  process.exitCode = failed.length === 0 ? 0 : 1
}

async function run(check: Check): Promise<Outcome> {
  const started = performance.now()
  const outcome = await npmRun(check.script)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`${outcome.ok ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`)
  if (!outcome.ok) console.log(outcome.output)
  return outcome
}

function npmRun(script: string): Promise<Outcome> {
  const child = spawn('npm', ['run', '--silent', script], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const chunks: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ ok: code === 0, output: Buffer.concat(chunks).toString('utf8') }))
  })
}

await verify()
