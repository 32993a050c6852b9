/**
 * Carries out a document as its reader would: writes the files it shows, makes the changes it asks for, runs its commands,
 * and puts what they really print behind them.
 *
 * A block `console` has commands after `$ ` and their output. A block whose first line is `# FILE` is that file, one with
 * `# at the end of FILE` is added to it. "In `FILE`, write `B` instead of `A`" is a change.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { root } from './entries.ts'

const STEP =
  /^```(?<language>\w+)\n(?<body>.*?)^```$|In `(?<file>[^`]+)`,\s+write `(?<after>[^`]+)`\s+instead\s+of\s+`(?<before>[^`]+)`/gms

/** The document, with the outputs as they are now. `home` is an empty folder where everything happens. */
export function carryOut(document: string, home: string): string {
  const shell = createShell(home)
  return document.replaceAll(STEP, (...found) => {
    const step: unknown = found.at(-1)
    const [whole] = found
    if (!isGroups(step)) return whole
    if (step.language === 'console') return `\`\`\`console\n${transcript(step.body ?? '', shell)}\`\`\``
    if (step.language !== undefined) writeShown(step.body ?? '', shell.folder())
    else change(resolve(shell.folder(), step.file ?? ''), step.before ?? '', step.after ?? '')
    return whole
  })
}

/** Without what is different each time: ids, times, hashes. */
export function comparable(text: string): string {
  return text
    .replaceAll(/run_[0-9a-z]{26}/g, 'run_ID')
    .replaceAll(/sha256:[0-9a-f]+/g, 'sha256:HASH')
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replaceAll(/ \d+(?:\.\d+)? ?m?s$/gm, '')
    .replaceAll(/\b\d+[smh] ago +/g, 'TIME ago ')
    .replaceAll(/\b\d+[smh] ago/g, 'TIME ago')
}

type Groups = Readonly<Partial<Record<'language' | 'body' | 'file' | 'before' | 'after', string>>>

function isGroups(value: unknown): value is Groups {
  return typeof value === 'object' && value !== null && 'language' in value
}

interface Shell {
  readonly folder: () => string
  readonly run: (command: string) => string
}

/** Commands find `agentspec`, and nothing of the settings of whoever runs this. */
function createShell(home: string): Shell {
  const bin = join(home, '.bin')
  mkdirSync(bin)
  symlinkSync(join(root, 'bin/agentspec.cjs'), join(bin, 'agentspec'))
  const env = {
    HOME: home,
    PATH: [bin, join(root, 'node_modules/.bin'), process.env['PATH']].join(delimiter),
  }
  let cwd = home
  return {
    folder: () => cwd,
    run: (command) => {
      const folder = /^cd (\S+)$/.exec(command)?.[1]
      if (folder !== undefined) cwd = resolve(cwd, folder)
      const { stdout } = spawnSync('sh', ['-c', `exec 2>&1; ${command}`], {
        cwd,
        env,
        encoding: 'utf8',
        input: '',
      })
      return folder === undefined ? stdout : ''
    },
  }
}

/** The commands of a block with what they print now, an empty line between them. */
function transcript(block: string, shell: Shell): string {
  const commands = [...block.matchAll(/^\$ (.*)$/gm)].map(([, command = '']) => command)
  return commands.map((command) => `$ ${command}\n${shell.run(command)}`.trimEnd()).join('\n\n') + '\n'
}

function writeShown(body: string, folder: string): void {
  const [first = '', ...rest] = body.split('\n')
  const added = /^# at the end of (\S+)$/.exec(first)?.[1]
  const written = /^# ([\w./-]+\.\w+)$/.exec(first)?.[1]
  if (added !== undefined) appendFileSync(resolve(folder, added), rest.join('\n'))
  if (written !== undefined) writeFileSync(resolve(folder, written), rest.join('\n'))
}

function change(path: string, before: string, after: string): void {
  const text = readFileSync(path, 'utf8')
  if (!text.includes(before)) throw new Error(`${path} has no "${before}"`)
  writeFileSync(
    path,
    text.replace(before, () => after),
  )
}
