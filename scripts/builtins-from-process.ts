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

function takeFromProcess(
  _: string,
  whole: string | undefined,
  parts: string | undefined,
  module: string,
): string {
  const targets = [whole, parts?.replaceAll(' as ', ': ')].filter((target) => target !== undefined)
  const [first = '', second] = targets
  const taken = `const ${first} = globalThis.process.getBuiltinModule("${module}");`
  return second === undefined ? taken : `${taken} const ${second} = ${first};`
}
