/** What the package consists of: every file directly in `src/` is a public entry point, and `src/cli/main.ts` is the command. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the repository. */
export const root: string = join(import.meta.dirname, '..')

/** One bundle: its name in `dist/` and the module it starts from, relative to the repository. */
export interface Entry {
  readonly name: string
  readonly source: string
}

/** The entry points users import: `src/index.ts` is `agentspec`, `src/compiler.ts` is `agentspec/compiler`. */
export function publicEntries(): readonly Entry[] {
  return readdirSync(join(root, 'src'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => ({ name: file.slice(0, -'.ts'.length), source: `src/${file}` }))
}

/** All bundles: the public entry points, the command once it exists, and what runs in the processes of isolated tools. */
export function allEntries(): readonly Entry[] {
  const cli = { name: 'cli', source: 'src/cli/main.ts' }
  const worker = { name: 'tool-worker', source: 'src/runtime/isolation/tool-worker.ts' }
  const command = existsSync(join(root, cli.source)) ? [cli] : []
  return [...publicEntries(), ...command, worker]
}

/** What `exports` in package.json must say for the given entry points, apart from the schemas and package.json itself. */
export function expectedExports(
  entries: readonly Entry[],
): Record<string, { types: string; default: string }> {
  return Object.fromEntries(
    entries.map(({ name }) => [
      name === 'index' ? '.' : `./${name}`,
      { types: `./dist/types/${name}.d.ts`, default: `./dist/${name}.mjs` },
    ]),
  )
}

/** The parts of package.json that the scripts look at. */
export interface PackageJson {
  readonly version: string
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, string | { readonly types: string; readonly default: string }>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}
