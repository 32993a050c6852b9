/** What test files put in the place of tools: fixed results, errors, and functions of modules beside the test file. */
import { basename, dirname, join } from 'node:path'
import { createFileLoader } from '../../compiler/file-loader.ts'
import { readModules } from '../../compiler/modules/read-modules.ts'
import { resolvePath } from '../../compiler/resolve/paths.ts'
import type { HandlerUse } from '../../compiler/resolve/resolve-handlers.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import type { Report } from '../../spec/reporter.ts'
import { resolveHandler } from '../../runtime/modules/module-loader.ts'
import type { ModuleLoader } from '../../runtime/modules/module-loader.ts'
import type { ToolDouble } from '../../runtime/link/doubles.ts'
import { hashJson } from '../../util/sha256.ts'
import { createTypeStripper } from '../../util/type-stripper.ts'
import type { ReadTestFile } from './read-test-file.ts'
import type { RunTest, Stub } from './test-file.ts'

/** Gives what stands in for the tools of a test. */
export type Stubs = (test: RunTest) => Readonly<Record<string, ToolDouble>>

/** Reads the modules of a test file's handlers from its folder; what is wrong with them is reported. */
export async function readStubs(read: ReadTestFile, loader: ModuleLoader, report: Report): Promise<Stubs> {
  using stripper = createTypeStripper()
  const baseDir = dirname(read.path)
  const rootFile = basename(read.path)
  const reading = {
    loader: createFileLoader(baseDir, rootFile),
    rootFile,
    displayName: (path: string) => join(dirname(read.file), path),
    report,
    stripper,
  }
  const { modules } = await readModules(usesOf(read, report), reading)
  const set = { hash: hashJson(modules), modules, baseDir }
  const double = ({ returns, throws, handler }: Stub): ToolDouble => {
    if (throws !== undefined) return () => Promise.reject(new Error(throws))
    if (handler === undefined) return () => structuredClone(returns)
    const [path = '', name = ''] = handler.split('#')
    const resolved = resolvePath(rootFile, path)
    const reference = resolved.ok ? `${resolved.path}#${name}` : handler
    return async (args, ctx) => (await resolveHandler(loader, set, reference))(args, ctx)
  }
  return ({ tools = {} }) =>
    Object.fromEntries(Object.entries(tools).map(([key, stub]) => [key, double(stub)]))
}

function usesOf(read: ReadTestFile, report: Report): readonly HandlerUse[] {
  return (read.tests.tests ?? []).flatMap(({ tools = {} }, index) =>
    Object.entries(tools).flatMap(([key, { handler }]) => {
      if (handler === undefined) return []
      const use = useOf(read, handler, ['tests', index, 'tools', key, 'handler'], report)
      return use === undefined ? [] : [use]
    }),
  )
}

function useOf(read: ReadTestFile, handler: string, at: Path, report: Report): HandlerUse | undefined {
  const [written = '', exportName = ''] = handler.split('#')
  const [location, pointer] = [read.document.rangeAt(at, 'value'), toPointer(at)]
  const resolved = resolvePath(basename(read.path), written)
  if (!resolved.ok) {
    report('AS3011', { path: written, why: resolved.why }, location, { pointer })
    return undefined
  }
  return {
    path: resolved.path,
    written,
    exportName,
    location,
    pointer,
    locationWithin: (start, end) => read.document.rangeWithin(at, start, end),
    replace: () => undefined,
  }
}
