import { describe, expect, test } from 'vitest'
import { parseText } from '../../support/parse-text.ts'

const codes = (text: string): readonly string[] => parseText(text).diagnostics.map(({ code }) => code)

describe('depth', () => {
  const flow = (depth: number): string => `${'['.repeat(depth)}${']'.repeat(depth)}`
  const block = (depth: number): string =>
    Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n')

  test('64 maps or lists inside one another are enough', () => {
    expect(codes(flow(64))).toEqual([])
    expect(codes(block(64))).toEqual([])
    expect(codes(`${'- '.repeat(64)}x`)).toEqual([])
  })

  test('65 are too many', () => {
    expect(codes(flow(65))).toEqual(['AS1012'])
    expect(codes(block(65))).toEqual(['AS1012'])
    expect(codes(`${'- '.repeat(65)}x`)).toEqual(['AS1012'])
  })

  test('the place is that of the one too many', () => {
    const places = (text: string): readonly unknown[] =>
      parseText(text).diagnostics.map(({ start }) => start.offset)
    expect(places(flow(65))).toEqual([64])
    expect(places(`a: ${flow(64)}`)).toEqual([66])
    expect(places(`${'- '.repeat(65)}x`)).toEqual([128])
    expect(places(block(65))).toEqual([block(65).lastIndexOf('a')])
    expect(places(`${'[a: '.repeat(33)}x${']'.repeat(33)}`)).toEqual([128])
  })

  test('a bomb of brackets is refused without being read to its end', () => {
    expect(codes('['.repeat(1_000_000))).toEqual(['AS1012'])
    expect(codes('{a: '.repeat(500_000))).toEqual(['AS1012'])
    expect(codes(`${'- '.repeat(500_000)}x`)).toEqual(['AS1012'])
  })

  test('aliases cannot go round the limit', () => {
    expect(codes(`a: &a ${flow(40)}\nb: ${'['.repeat(30)}*a${']'.repeat(30)}`)).toEqual(['AS1012'])
  })

  test('nor can pairs in a list, which are maps', () => {
    expect(codes(`${'[a: '.repeat(33)}x${']'.repeat(33)}`)).toEqual(['AS1012'])
  })
})

describe('aliases', () => {
  const uses = (count: number): string =>
    `a: &a x\nb: [${Array.from({ length: count }, () => '*a').join(', ')}]`

  test('an anchor counts once for itself and once for each alias: 100 in all', () => {
    expect(codes(uses(99))).toEqual([])
    expect(codes(uses(100))).toEqual(['AS1013'])
  })

  test('inside one another they multiply', () => {
    const inner = 'a: &a [x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]'
    const outer = (count: number): string =>
      `${inner}\nc: [${Array.from({ length: count }, () => '*b').join(', ')}]`
    expect(codes(outer(9))).toEqual([])
    expect(codes(outer(10))).toEqual(['AS1013'])
  })

  test('a billion laughs end in one diagnostic', () => {
    const lines = ['l0: &l0 lol']
    for (let level = 1; level < 10; level++) {
      lines.push(`l${level}: &l${level} [${Array.from({ length: 10 }, () => `*l${level - 1}`).join(', ')}]`)
    }
    expect(codes(lines.join('\n'))).toEqual(['AS1013'])
  })

  test('a few aliases of a large text cannot fill the memory', () => {
    const text = `a: &a ${'x'.repeat(1_000_000)}\nb: [${Array.from({ length: 50 }, () => '*a').join(', ')}]`
    expect(codes(text)).toEqual(['AS1013'])
  })

  test('an anchor inside itself', () => {
    expect(codes('a: &a [*a]')).toEqual(['AS1017'])
    expect(codes('a: &a { b: { <<: *a } }')).toEqual(['AS1017'])
  })
})
