/** Every link in the Markdown files of the repository leads to a file that is there, and to a heading that is in it. */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../scripts/entries.ts'

const files = globSync(['*.md', '{bench,docs,specs}/*.md'], { cwd: root }).toSorted()

/** Without code, where brackets mean something else. */
function proseOf(text: string): string {
  return text.replaceAll(/^(`{3,})[^\n]*\n.*?^\1`*$/gms, '').replaceAll(/(`+)[^`].*?\1/g, '')
}

function linksOf(file: string): readonly string[] {
  const text = proseOf(readFileSync(join(root, file), 'utf8'))
  return [...text.matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target = '']) => target)
}

/** As GitHub names headings, and those that are named by hand. */
function anchorsOf(path: string): ReadonlySet<string> {
  const text = readFileSync(path, 'utf8').replaceAll(/^(`{3,})[^\n]*\n.*?^\1`*$/gms, '')
  const named = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  const seen = new Map<string, number>()
  const headings = [...text.matchAll(/^#{1,6} +(.+)$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading)
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    return times === 0 ? slug : `${slug}-${times}`
  })
  return new Set([...named, ...headings])
}

function slugOf(heading: string): string {
  return heading
    .replaceAll(/<[^>]*>/g, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-')
}

/** What is wrong with a link; nothing when it is right. Other sites are not asked. */
function problemOf(file: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined
  const [target = '', anchor] = link.split('#')
  const path = target === '' ? join(root, file) : resolve(root, dirname(file), decodeURI(target))
  if (!path.startsWith(root)) return `${file}: ${link} leaves the repository`
  if (!existsSync(path)) return `${file}: ${link} leads to nothing`
  if (anchor === undefined || anchorsOf(path).has(anchor)) return undefined
  return `${file}: ${link} names a heading that is not there`
}

test.each(files)('the links in %s lead somewhere', (file) => {
  const problems = linksOf(file).flatMap((link) => problemOf(file, link) ?? [])
  expect(problems).toEqual([])
})

test('links that lead nowhere are seen', () => {
  expect(linksOf('README.md').length).toBeGreaterThan(10)
  expect(problemOf('docs/api.md', 'nothing.md')).toContain('leads to nothing')
  expect(problemOf('docs/api.md', 'dev.md#nothing')).toContain('not there')
  expect(problemOf('docs/api.md', '../../elsewhere.md')).toContain('leaves')
  expect(problemOf('CONTRIBUTING.md', 'docs/cli.md#exit-codes')).toBeUndefined()
})

test('docs/README.md links every page', () => {
  const pages = files.filter((file) => /^docs\/(?!README)[\w-]+\.md$/.test(file))
  const linked = new Set(linksOf('docs/README.md').map((link) => `docs/${link}`))
  expect(pages.filter((page) => !linked.has(page))).toEqual([])
})
