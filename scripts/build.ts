/** Builds `dist/`: one bundle per entry point with shared chunks, and the type declarations. */
import { spawn } from 'node:child_process'
import { readFileSync, renameSync, rmSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { rolldown } from 'rolldown'
import { allEntries, expectedExports, type PackageJson, publicEntries, root } from './entries.ts'

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

async function bundle(dir: string): Promise<void> {
  const bundler = await rolldown({
    cwd: root,
    input: Object.fromEntries(allEntries().map(({ name, source }) => [name, source])),
    platform: 'node',
    external: isExternal,
    onLog(level, log) {
      if (level === 'warn') throw new Error(log.message)
    },
  })
  await bundler.write({
    dir,
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  })
  await bundler.close()
}

/** Dependencies stay imports. Any other package would be missing at the user's, so it fails the build. */
function isExternal(id: string): boolean {
  if (id.startsWith('.') || id.startsWith('/') || id.startsWith('src/')) return false
  const name = id
    .split('/')
    .slice(0, id.startsWith('@') ? 2 : 1)
    .join('/')
  if (isBuiltin(id) || name in packageJson.dependencies || name in (packageJson.peerDependencies ?? {}))
    return true
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
