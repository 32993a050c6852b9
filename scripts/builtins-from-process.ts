/** A step of the build: takes Node's own modules from the process instead of importing them. */
import type { Plugin } from 'rolldown'

/**
 * An `import` of a built-in module looks at everything that the module has, and much of that is made when first looked
 * at: `node:process`, `node:util`, `node:crypto` and `node:fs` together cost as much as half a start of Node.
 * `process.getBuiltinModule` looks at nothing.
 */
export function builtinsFromProcess(): Plugin {
  return {
    name: 'builtins-from-process',
    renderChunk: (code) => ({ code: code.replaceAll(IMPORT, takeFromProcess), map: null }),
  }
}

/** As rolldown writes it, one a line: `import fs, { readFile as read } from "node:fs";`. */
const IMPORT = /^import (?:(?:\* as )?([\w$]+))?(?:, )?(\{[^}]*\})? from "(node:[\w/]+)";$/gm

/** Slow to load, and not needed by every command. Of these only functions may be imported, not classes. */
const LAZY: ReadonlySet<string> = new Set(['node:child_process', 'node:crypto', 'node:http', 'node:https'])

function takeFromProcess(
  _: string,
  whole: string | undefined,
  parts: string | undefined,
  module: string,
): string {
  const builtin = `globalThis.process.getBuiltinModule("${module}")`
  if (LAZY.has(module)) return takeLater(builtin, whole, parts)
  const targets = [whole, parts?.replaceAll(' as ', ': ')].filter((target) => target !== undefined)
  return targets.map((target) => `const ${target} = ${builtin};`).join(' ')
}

function takeLater(builtin: string, whole: string | undefined, parts = '{}'): string {
  const functions = [...parts.matchAll(/([\w$]+)(?: as ([\w$]+))?/g)].map(
    ([, name = '', local = name]) => `const ${local} = (...args) => ${builtin}.${name}(...args);`,
  )
  const proxy = `const ${whole} = new Proxy({}, { get: (_, key) => ${builtin}[key] });`
  return [...(whole === undefined ? [] : [proxy]), ...functions].join(' ')
}
