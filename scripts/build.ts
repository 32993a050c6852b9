/** Builds `dist/`: one bundle per entry point with shared chunks, the type declarations, and the licences of what is bundled. */
import { spawn } from 'node:child_process'
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { rolldown } from 'rolldown'
import type { Plugin } from 'rolldown'
import { builtinsFromProcess } from './builtins-from-process.ts'
import { allEntries, expectedExports, type PackageJson, publicEntries, root } from './entries.ts'
import { licensesOf } from './third-party-licenses.ts'

const packageJson: PackageJson = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Builds into a fresh folder and puts it in place as a whole: nobody sees half a build, and nothing old is left over. */
export async function build(): Promise<void> {
  const fresh = join(root, `dist-${process.pid}`)
  try {
    await Promise.all([bundle(fresh), declarations(join(fresh, 'types'))])
    rmSync(join(root, 'dist'), { recursive: true, force: true })
    renameSync(fresh, join(root, 'dist'))
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  warnAboutExports()
}

/** Packages that become part of the bundles, with their own dependencies: a command starts faster from few files. */
export const BUNDLED: ReadonlySet<string> = new Set([
  '@opentelemetry/exporter-trace-otlp-http',
  '@opentelemetry/otlp-transformer',
  '@opentelemetry/resources',
  '@opentelemetry/sdk-trace',
  '@marcbachmann/cel-js',
  'ajv',
  'commander',
  'es-module-lexer',
  'liquidjs',
  'yaml',
])

/** Small modules that are loaded together share a file: to open a file costs a start as much as some 10 KB of code. */
const chunkGroups = [
  { name: 'util', test: /\/src\/(?:util\/|runtime\/failures\.ts$)/ },
  { name: 'command', test: /\/src\/cli\/(?:[^/]+|terminal\/[^/]+)\.ts$|\/node_modules\/commander\// },
]

async function bundle(dir: string): Promise<void> {
  const bundler = await rolldown({
    cwd: root,
    input: Object.fromEntries(allEntries().map(({ name, source }) => [name, source])),
    platform: 'node',
    external: isExternal,
    // The same code as ES modules, of which only what is used is bundled.
    resolve: {
      alias: {
        liquidjs: join(root, 'node_modules/liquidjs/dist/liquid.node.mjs'),
        yaml: join(root, 'node_modules/yaml/browser/index.js'),
      },
    },
    plugins: [builtinsFromProcess(), asciiOnly()],
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  const { output } = await bundler.write({
    dir,
    format: 'esm',
    // The output is readable and Node runs the sources as they are: maps are for those who ask, with --sourcemap.
    sourcemap: process.argv.includes('--sourcemap'),
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
    codeSplitting: { groups: chunkGroups },
  })
  await bundler.close()
  const modules = output.flatMap((part) => (part.type === 'chunk' ? part.moduleIds : []))
  writeFileSync(join(dir, 'THIRD-PARTY-LICENSES.txt'), licensesOf(modules))
}

/** One other character in a file, and V8 keeps the whole file in twice the memory. Escapes mean the same everywhere in it. */
function asciiOnly(): Plugin {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return {
    name: 'ascii-only',
    generateBundle: (_options, bundle) => {
      for (const part of Object.values(bundle))
        if (part.type === 'chunk') part.code = part.code.replaceAll(/[^\0-\x7F]/g, escape)
    },
  }
}

/** Other dependencies stay imports. Any other package would be missing at the user's, so it fails the build. */
function isExternal(id: string, importer: string | undefined): boolean {
  if (id.startsWith('.') || id.startsWith('/') || id.startsWith('src/')) return false
  if (isBuiltin(id)) return true
  const name = id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/')
  if (BUNDLED.has(name)) return false
  // Also for what is bundled: one copy of a package, however many use it.
  if (name in packageJson.dependencies || name in (packageJson.peerDependencies ?? {})) return true
  if (importer?.includes('/node_modules/') === true) return false
  throw new Error(`src imports "${id}", which is not in the dependencies of package.json`)
}

function declarations(outDir: string): Promise<void> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const child = spawn(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], {
    cwd: root,
    stdio: 'inherit',
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tsc exited with ${code}`))))
  })
}

/** A forgotten entry of `exports` is not an error while something is being built up; test/package makes it one. */
function warnAboutExports(): void {
  const expected = expectedExports(publicEntries())
  const actual = Object.fromEntries(
    Object.entries(packageJson.exports).filter(([, target]) => typeof target !== 'string'),
  )
  if (isDeepStrictEqual(actual, expected)) return
  console.error('warning: "exports" in package.json does not match the entry points src/*.ts; it should have')
  console.error(JSON.stringify(expected, null, 2))
}

if (import.meta.main) await build()
