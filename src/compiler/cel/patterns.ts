/** Checks the regular expressions of `matches()` before they are ever used. */
import type { ASTNode } from '@marcbachmann/cel-js'
import type { CelIssue } from './fields.ts'
import { allNodes } from './nodes.ts'

/**
 * A pattern must be a literal: it is then known to be valid, and no argument of a model's choosing is ever run as a
 * regular expression.
 */
export function checkPatterns(ast: ASTNode): readonly CelIssue[] {
  return allNodes(ast).flatMap((node) => {
    if (node.op !== 'rcall' || node.args[0] !== 'matches') return []
    const [pattern] = node.args[2]
    const message = pattern === undefined ? undefined : mistakeOf(pattern)
    if (pattern === undefined || message === undefined) return []
    return [{ severity: 'error' as const, message, start: pattern.start, end: pattern.end }]
  })
}

function mistakeOf(pattern: ASTNode): string | undefined {
  if (pattern.op !== 'value' || typeof pattern.args !== 'string') {
    return 'The pattern of matches() must be a text in quotes, so that it can be checked.'
  }
  try {
    readPattern(pattern.args)
    return undefined
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^.*: /s, '') : 'unknown error'
    return `The pattern is not a regular expression: ${reason}.`
  }
}

/** As the library reads it. */
function readPattern(text: string): RegExp {
  return new RegExp(text)
}
