/** Vitest's global set-up for the tests that run the built command: builds when `dist/` is missing or older than its sources. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from './build.ts'
import { root } from './entries.ts'

const inputs = [
  'src',
  'schemas',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
]

/** Leaves a `dist/` that is up to date. */
export async function setup(): Promise<void> {
  const dist = join(root, 'dist')
  if (!existsSync(dist) || statSync(dist).mtimeMs < newest(inputs)) await build()
}

function newest(paths: readonly string[]): number {
  return Math.max(
    ...paths.flatMap((path) => filesUnder(join(root, path))).map((file) => statSync(file).mtimeMs),
  )
}

function filesUnder(path: string): readonly string[] {
  if (!statSync(path).isDirectory()) return [path]
  const entries = readdirSync(path, { recursive: true, encoding: 'utf8' })
  return [path, ...entries.map((entry) => join(path, entry))]
}
