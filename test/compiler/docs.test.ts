/** The YAML in the documents is right: whole specs compile, and parts of specs have the keys and values of the language. */
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { root } from '../../scripts/entries.ts'
import { compileText, renderDiagnostic } from '../support/compile-text.ts'

const schema: unknown = JSON.parse(readFileSync(join(root, 'schemas/agentspec.v1.schema.json'), 'utf8'))
const keys = new Set(Object.keys((schema as { readonly properties: object }).properties))

interface Block {
  readonly name: string
  readonly text: string
  readonly top: readonly string[]
}

/** Those of other kinds of files have other keys at the top. */
const blocks: readonly Block[] = globSync(['README.md', 'docs/*.md'], { cwd: root })
  .filter((file) => file !== 'docs/diagnostics.md')
  .toSorted()
  .flatMap((file) => {
    const document = readFileSync(join(root, file), 'utf8')
    return [...document.matchAll(/^```yaml\n(.*?)^```/gms)].flatMap(({ 1: text = '', index }) => {
      const value: unknown = parse(text)
      const top = typeof value === 'object' && value !== null ? Object.keys(value) : []
      const line = document.slice(0, index).split('\n').length + 1
      return [{ name: `${file}:${line}`, text, top }]
    })
  })
  .filter(({ top }) => top.length > 0 && top.every((key) => keys.has(key)))

const whole = blocks.filter(({ top }) => top.includes('agentspec'))
const parts = blocks.filter(({ top }) => !top.includes('agentspec'))

test('there is some', () => {
  expect(whole.length).toBeGreaterThan(3)
  expect(parts.length).toBeGreaterThan(10)
})

/** What the specs of documents call is in other blocks. */
const TOOLS = '\n=== tools.ts\nexport const cancelOrder = () => ({})\n'

test.each(whole)('the spec at $name compiles', async ({ text }) => {
  const { diagnostics } = await compileText(text + TOOLS)
  const errors = diagnostics.filter(({ severity }) => severity === 'error')
  expect(errors.map(renderDiagnostic)).toEqual([])
})

test.each(parts)('the part of a spec at $name is of the language', async ({ text, top }) => {
  const rest = top.includes('agents') ? '' : 'agents: {}\n'
  const { diagnostics } = await compileText(`agentspec: 1\nname: part\n${rest}${text}`)
  // What it refers to is elsewhere; what a whole spec must have is left out.
  const wrong = diagnostics.filter(({ code }) => /^AS[12]/.test(code) && code !== 'AS2003')
  expect(wrong.map(renderDiagnostic)).toEqual([])
})
