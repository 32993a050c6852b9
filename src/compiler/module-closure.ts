/** Which modules a handler runs: the one it names, and what that reaches by relative imports. */
import { invariant } from '../util/invariant.ts'
import type { ModuleSource, Program } from './program.ts'

/** The modules by their paths, the handler's own first. */
export function moduleClosure(
  program: Pick<Program, 'modules'>,
  handler: string,
): ReadonlyMap<string, ModuleSource> {
  const closure = new Map<string, ModuleSource>()
  const pending = [moduleOf(handler)]
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (closure.has(path)) continue
    const module = program.modules[path]
    invariant(module !== undefined, `module ${path} is part of the Program`)
    closure.set(path, module)
    pending.push(...Object.values(module.imports))
  }
  return closure
}

/** The path of the module that a handler, `path#export`, is in. */
export function moduleOf(handler: string): string {
  return handler.slice(0, handler.lastIndexOf('#'))
}
