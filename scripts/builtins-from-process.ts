/** A step of the build: takes Node's own modules from the process instead of importing them. */
import { isBuiltin } from 'node:module'
import type { Plugin } from 'rolldown'

/**
 * An `import` of a built-in module looks at everything that the module has, and much of that is made when first looked
 * at: `node:process`, `node:util`, `node:crypto` and `node:fs` together cost as much as half a start of Node.
 * `process.getBuiltinModule` looks at nothing.
 */
export function builtinsFromProcess(): Plugin {
  return {
    name: 'builtins-from-process',
    renderChunk: (code) => ({
      code: code.replaceAll(IMPORT, (line: string, whole: string, parts: string, module: string) =>
        isBuiltin(module) ? takeFromProcess(module, whole, parts) : line,
      ),
      map: null,
    }),
  }
}

/** As rolldown writes it, one a line: `import fs, { readFile as read } from "node:fs";`. */
const IMPORT = /^import (?:(?:\* as )?([\w$]+))?(?:, )?(\{[^}]*\})? from "([\w:/]+)";$/gm

/** Slow to load, and not needed by every command: taken when used. */
const LAZY: ReadonlySet<string> = new Set([
  'child_process',
  'crypto',
  'http',
  'https',
  'net',
  'vm',
  'worker_threads',
])

function takeFromProcess(module: string, whole: string | undefined, parts: string | undefined): string {
  const builtin = `globalThis.process.getBuiltinModule("${module}")`
  // A class has to be there when it is used: only functions can be taken later.
  const hasClass = /\b[A-Z]\w* *(?:,|\}|as )/.test(parts ?? '')
  if (LAZY.has(module.replace(/^node:/, '')) && !hasClass) return takeLater(builtin, whole, parts)
  const targets = [whole, parts?.replaceAll(' as ', ': ')].filter((target) => target !== undefined)
  return targets.map((target) => `const ${target} = ${builtin};`).join(' ')
}

function takeLater(builtin: string, whole: string | undefined, parts = '{}'): string {
  const functions = [...parts.matchAll(/([\w$]+)(?: as ([\w$]+))?/g)].map(([, name = '', local = name]) => {
    return `const ${local} = (...args) => ${builtin}.${name}(...args);`
  })
  const proxy = `const ${whole} = new Proxy({}, { get: (_, key) => ${builtin}[key] });`
  return [...(whole === undefined ? [] : [proxy]), ...functions].join(' ')
}
