/**
 * `npm start`: a short tour. It prints each command before it runs it: check a spec, run it until it needs a person,
 * decide in a new process, look at the journal. Offline; `npm start -- --model openai/<model>` uses the real API.
 */
import { spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline/promises'
import { fileURLToPath } from 'node:url'

const SPEC = 'specs/quickstart.yaml'
const QUESTION = 'What is the temperature in Oakland?'
const root = fileURLToPath(new URL('..', import.meta.url))
const flags = process.argv.slice(2)

await tour()

async function tour(): Promise<void> {
  say('Does the spec have mistakes?')
  agentspec(['check', SPEC], [0])
  say('Run it. The tool it calls needs approval for Oakland, so the run pauses, as data.')
  const paused = agentspec(['run', SPEC, QUESTION, '--approvals', 'pause', ...flags], [0, 4]) === 4
  if (paused) {
    say('The run is in the store now; this could be another day, or another machine with the same database.')
    agentspec(['approvals'], [0])
    say(`Decide in a new process. The run goes on where it stopped, and the tool's body runs once.`)
    agentspec([...(await decision()), '--resume'], [0])
  } else {
    say('The model answered without the tool, so there was nothing to approve.')
  }
  say('Everything that happened, from the journal:')
  agentspec(['show', '-1', '--events'], [0])
  say(`That was all. README.md says what else there is; ${SPEC} is a good file to change first.`)
}

function say(text: string): void {
  process.stdout.write(`\n# ${text}\n`)
}

/** Runs a command as a user would; an exit code that is not expected ends the tour with it. */
function agentspec(args: readonly string[], expected: readonly number[]): number {
  process.stdout.write(`$ agentspec ${args.map(quote).join(' ')}\n`)
  const { status } = spawnSync(process.execPath, ['bin/agentspec.cjs', ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  const code = status ?? 1
  if (!expected.includes(code)) process.exit(code)
  return code
}

/** Asks the person at the terminal; approves when there is none. */
async function decision(): Promise<readonly string[]> {
  const approve = ['approve', '-1', '--all']
  if (!process.stdin.isTTY || !process.stdout.isTTY) return approve
  const prompt = createInterface({ input: process.stdin, output: process.stdout })
  const answer = await prompt.question('Approve the call? [Y/n] ')
  prompt.close()
  return /^n/iu.test(answer.trim()) ? ['reject', '-1', '--all', '--message', 'Not today'] : approve
}

function quote(word: string): string {
  return /^[\w./:=@-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
