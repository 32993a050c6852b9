/** Generates docs/diagnostics.md: every diagnostic with what it looks like, a wrong and a right example. */
import {
  allCodes,
  explainCode,
  type CodeExplanation,
  type ExampleFile,
} from '../src/compiler/explain/explain-code.ts'
import { prettyDiagnostics } from '../src/cli/report/pretty.ts'
import { printable } from '../src/cli/terminal/printable.ts'
import { createTheme } from '../src/cli/terminal/theme.ts'

/** By the first digits of their codes. */
const CHAPTERS: Readonly<Record<string, string>> = {
  AS1: 'Files and YAML',
  AS2: 'Keys and values',
  AS3: 'References',
  AS4: 'Meaning',
  AS5: 'Upgrades of the format',
}

/** The text of the page. The findings in it are those that the compiler gives for the wrong examples. */
export async function generateDiagnostics(): Promise<string> {
  const explanations = await Promise.all(allCodes().map(explainCode))
  const chapters = Map.groupBy(explanations, ({ code }) => code.slice(0, 3))
  const parts = [
    '<!-- Generated from src/spec/codes by `npm run gen`. -->',
    '# Diagnostics',
    'What `agentspec check` says, and what it means. `agentspec explain CODE` shows the same in a terminal. Codes are ' +
      'permanent. A warning is silenced where it stands with a comment, `# agentspec: ignore AS4007`, at the end of ' +
      'its line or on the line above.',
    ...[...chapters].flatMap(([chapter, members]) => [
      `## ${CHAPTERS[chapter] ?? chapter}`,
      tableOf(members),
      ...members.flatMap(entryOf),
    ]),
  ]
  return `${parts.join('\n\n')}\n`
}

function tableOf(members: readonly CodeExplanation[]): string {
  const rows = members.map(
    ({ code, severity, title }) => `| [${code}](#${code.toLowerCase()}) | ${severity} | ${inText(title)} |`,
  )
  return ['| code | severity | |', '| --- | --- | --- |', ...rows].join('\n')
}

function entryOf({ code, title, finding, wrong, right }: CodeExplanation): readonly string[] {
  const textOf = (file: string): string | undefined => wrong.find(({ path }) => path === file)?.text
  const shown =
    finding === undefined ? [] : [fenced('text', prettyDiagnostics([finding], textOf, createTheme(false)))]
  return [
    `### <a id="${code.toLowerCase()}"></a>${code}: ${inText(title)}`,
    ...shown,
    ...exampleOf('Wrong', wrong),
    ...exampleOf('Right', right),
  ]
}

function exampleOf(title: string, files: readonly ExampleFile[]): readonly string[] {
  return files.flatMap(({ path, text }, index) => [
    index === 0 ? `${title}:` : `with \`${path}\`:`,
    fenced(languageOf(path), printable(text).trimEnd()),
  ])
}

function languageOf(path: string): string {
  const ending = path.slice(path.lastIndexOf('.') + 1)
  return ({ yml: 'yaml', mts: 'ts', mjs: 'js' } as Readonly<Record<string, string>>)[ending] ?? ending
}

/** With a fence longer than any in the text. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${text}\n${fence}`
}

function inText(text: string): string {
  return text.replaceAll(/[\\`*[\]<>|]/g, (character) => `\\${character}`)
}
