/** `check --format sarif`: a log that every reader of SARIF 2.1.0 understands. */
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Ajv } from 'ajv'
import type { ValidateFunction } from 'ajv'
import { beforeAll, describe, expect, test } from 'vitest'
import { artifactLocation } from '../../src/cli/report/artifact-uri.ts'
import { sarifLog } from '../../src/cli/report/sarif.ts'
import { diagnosticCodes } from '../../src/spec/diagnostic-codes.ts'
import { HELLO } from '../support/cli-specs.ts'
import { compileText, splitFiles } from '../support/compile-text.ts'
import { runCommand } from '../support/run-command.ts'
import { createWorkspace } from '../support/workspace.ts'

const BAD = HELLO.replace('model: main,', 'model: mian,')

let validate: ValidateFunction

beforeAll(() => {
  const file = fileURLToPath(import.meta.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'))
  const {
    $schema: _draft,
    id: _id,
    ...schema
  } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false })
  ajv.addFormat('uri', (text) => URL.canParse(text) && isEncoded(text))
  ajv.addFormat('uri-reference', isEncoded)
  ajv.addFormat('date-time', (text) => !Number.isNaN(Date.parse(text)))
  validate = ajv.compile(schema)
})

/** Only what RFC 3986 allows in an address. */
function isEncoded(text: string): boolean {
  return /^(?:[\w.~!$&'()*+,;=:@/?#-]|%[\dA-F]{2})*$/.test(text)
}

function expectValidLog(log: unknown): void {
  validate(log)
  expect(validate.errors ?? []).toEqual([])
}

interface Log {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly Record<string, unknown>[] } }
      readonly results: readonly Record<string, unknown>[]
    },
  ]
}

async function check(
  path: string,
  ...words: readonly string[]
): Promise<{ readonly code: number | null; readonly log: Log }> {
  const { code, json } = await runCommand(['check', ...words, '--format', 'sarif'], { cwd: path })
  expectValidLog(json)
  return { code, log: json as Log }
}

describe('check --format sarif', () => {
  test('is a valid log with place, rule, related place and fix of each diagnostic', async () => {
    const two = HELLO.replace('models:', 'entry: greeter\nmodels:').replace(
      'Greet. }',
      'Greet., handoffs: [biling] }',
    )
    using folder = createWorkspace({
      'specs/a.yaml': `${two}  billing: { model: main, instructions: Bill. }\n`,
    })
    const { code, log } = await check(folder.path, 'specs/a.yaml')
    expect(code).toBe(2)
    const artifact = { artifactLocation: { uri: 'specs/a.yaml', uriBaseId: '%SRCROOT%' } }
    const region = { startLine: 8, startColumn: 60, endLine: 8, endColumn: 66 }
    expect(log.runs[0].results[0]).toEqual({
      ruleId: 'AS3001',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'Unknown agent "biling". Did you mean "billing"?' },
      locations: [
        {
          physicalLocation: { ...artifact, region },
          logicalLocations: [{ fullyQualifiedName: '/agents/greeter/handoffs/0' }],
        },
      ],
      relatedLocations: [
        {
          id: 0,
          physicalLocation: {
            ...artifact,
            region: { startLine: 9, startColumn: 3, endLine: 9, endColumn: 10 },
          },
          message: { text: '"billing" is declared here' },
        },
      ],
      fixes: [
        {
          description: { text: 'Replace with "billing"' },
          artifactChanges: [
            { ...artifact, replacements: [{ deletedRegion: region, insertedContent: { text: 'billing' } }] },
          ],
        },
      ],
    })
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'agentspec', semanticVersion: expect.stringMatching(/^\d+\.\d+\.\d+/) } },
          columnKind: 'utf16CodeUnits',
          originalUriBaseIds: { '%SRCROOT%': { uri: `${pathToFileURL(folder.path).href}/` } },
        },
      ],
    })
  })

  test('explains each rule that was broken, once', async () => {
    using folder = createWorkspace({ 'a.yaml': BAD, 'b.yaml': BAD.replace('version: 0.1.0', 'version: 1') })
    const { log } = await check(folder.path, 'a.yaml', 'b.yaml')
    const [{ tool, results }] = log.runs
    expect(tool.driver.rules.map(({ id }) => id)).toEqual(['AS2006', 'AS3003'])
    expect(results.map(({ ruleId, ruleIndex }) => [ruleId, ruleIndex])).toEqual([
      ['AS3003', 1],
      ['AS2006', 0],
      ['AS3003', 1],
    ])
    expect(tool.driver.rules[1]).toMatchObject({
      shortDescription: { text: 'Unknown model' },
      defaultConfiguration: { level: 'error' },
      help: {
        text: expect.stringContaining('Wrong:'),
        markdown: expect.stringContaining('```yaml\nagentspec: 1\n'),
      },
    })
  })

  test('is a log without results when nothing is wrong', async () => {
    using folder = createWorkspace({ 'a.yaml': HELLO })
    const { code, log } = await check(folder.path, 'a.yaml')
    expect(code).toBe(0)
    expect(log.runs[0].results).toEqual([])
  })

  test('encodes the names of files', async () => {
    const name = 'größe 100% #1?.yaml'
    using folder = createWorkspace({ [`my specs/${name}`]: BAD })
    const { log } = await check(folder.path, `./my specs/${name}`)
    expect(log.runs[0].results[0]).toMatchObject({
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'my%20specs/gr%C3%B6%C3%9Fe%20100%25%20%231%3F.yaml' },
          },
        },
      ],
    })
  })

  test('names a file elsewhere by its full address', async () => {
    using folder = createWorkspace({ 'a b.yaml': BAD })
    mkdirSync(join(folder.path, 'inner'))
    const { log } = await check(join(folder.path, 'inner'), '../a b.yaml', join(folder.path, 'a b.yaml'))
    const uri = pathToFileURL(join(folder.path, 'a b.yaml')).href
    const locations = [{ physicalLocation: { artifactLocation: { uri } } }]
    expect(log.runs[0].results).toMatchObject([{ locations }, { locations }])
    expect(artifactLocation('/home/ana', '/home/ana/specs/x.yaml')).toEqual({
      uri: 'specs/x.yaml',
      uriBaseId: '%SRCROOT%',
    })
  })

  test('counts columns in UTF-16 code units after a byte order mark', async () => {
    using folder = createWorkspace({
      'a.yaml': `\uFEFF${BAD.replace('greeter: {', '"😀": {').replaceAll('\n', '\r\n')}`,
    })
    const { log } = await check(folder.path, 'a.yaml')
    const unknown = log.runs[0].results.find(({ ruleId }) => ruleId === 'AS3003')
    const region = { startLine: 7, startColumn: 18, endLine: 7, endColumn: 22 }
    expect(unknown).toMatchObject({
      locations: [{ physicalLocation: { region } }],
      fixes: [{ artifactChanges: [{ replacements: [{ deletedRegion: region }] }] }],
    })
  })
})

test('a log with a finding of every code is valid', async () => {
  const findings = []
  for (const { wrong } of Object.values(diagnosticCodes)) {
    const texts = splitFiles(wrong)
    const { diagnostics } = await compileText(wrong, { environment: {} })
    findings.push(...diagnostics.map((diagnostic) => ({ diagnostic, textOf: (file: string) => texts[file] })))
  }
  const log = sarifLog(findings, { cwd: '/home/ana', version: '0.1.0' })
  expectValidLog(log)
  expect(findings.length).toBeGreaterThan(50)
  expect(validate({ ...log, version: '2.0.0' })).toBe(false)
})
