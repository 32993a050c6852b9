/** Packs the package as `npm publish` would, and runs commands on the result. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { root } from '../../scripts/entries.ts'

/** The outcome of a command: its exit code and both streams. */
export interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** A folder of its own that goes away when disposed. */
export interface TempFolder extends Disposable {
  readonly path: string
}

/** Makes an empty folder outside the repository. */
export function tempFolder(): TempFolder {
  const path = mkdtempSync(join(tmpdir(), 'agentspec-package-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Runs a command with this very Node first on the PATH, whatever the machine has. */
export function runIn(cwd: string, command: string, args: readonly string[]): Ran {
  const PATH = [dirname(process.execPath), process.env['PATH']].join(delimiter)
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env: { ...process.env, PATH },
    encoding: 'utf8',
  })
  return { code: status, stdout, stderr }
}

/** Runs a development tool of the repository. */
export function runTool(cwd: string, tool: string, args: readonly string[]): Ran {
  return runIn(cwd, join(root, 'node_modules/.bin', tool), args)
}

/** The packed package: the path of the tarball, and the files in it. */
export interface Packed {
  readonly tarball: string
  readonly files: readonly string[]
}

/** Packs the built package into a folder. */
export function pack(into: string): Packed {
  const { code, stdout, stderr } = runIn(root, 'npm', [
    'pack',
    '--ignore-scripts',
    '--json',
    '--pack-destination',
    into,
  ])
  if (code !== 0) throw new Error(stderr)
  const report = JSON.parse(stdout) as Record<string, { filename: string; files: { path: string }[] }>
  const [packed] = Object.values(report)
  if (packed === undefined) throw new Error('npm pack reported nothing')
  return { tarball: join(into, packed.filename), files: packed.files.map(({ path }) => path) }
}
