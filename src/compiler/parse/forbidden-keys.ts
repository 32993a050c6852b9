/** Keys that mean something to JavaScript. */

/** True for keys that no map of a spec may have. */
export function isForbiddenKey(name: string): boolean {
  return name === '__proto__' || name === 'constructor' || name === 'prototype'
}
