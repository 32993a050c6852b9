/** Checks a test file against the spec it tests: the names it uses are there, and it expects what can be. */
import { diagnosticCodes } from '../../spec/diagnostic-codes.ts'
import { toPointer } from '../../spec/path.ts'
import type { Path } from '../../spec/path.ts'
import type { Report } from '../../spec/reporter.ts'
import { isLocalTool } from '../../runtime/tools/local-tool.ts'
import type { Program } from '../../compiler/program.ts'
import { suggest } from '../../util/suggest.ts'
import type { ReadTestFile } from './read-test-file.ts'
import type { RunTest, TestStep } from './test-file.ts'

const STATUSES = ['paused', 'completed', 'failed', 'cancelled', 'interrupted']

interface Check {
  readonly read: ReadTestFile
  readonly report: Report
}

/** Reports names that the spec does not have, and values that nothing can ever be. */
export function checkAgainstSpec(read: ReadTestFile, program: Program, report: Report): void {
  const check = { read, report }
  const agents = Object.keys(program.agents)
  for (const [index, test] of (read.tests.tests ?? []).entries()) {
    const at = ['tests', index]
    if (test.agent !== undefined) checkName(check, 'AS3001', test.agent, agents, [...at, 'agent'])
    checkStubs(check, program, test, [...at, 'tools'])
    checkScript(check, agents, test, [...at, 'model'])
  }
  for (const [index, { agent }] of (read.tests.policies ?? []).entries()) {
    if (agent !== undefined) checkName(check, 'AS3001', agent, agents, ['policies', index, 'agent'])
  }
}

/** Reports what is wrong with a test file whatever its spec says. */
export function checkTestFile(read: ReadTestFile, report: Report): void {
  const check = { read, report }
  for (const [index, test] of (read.tests.tests ?? []).entries()) {
    for (const [position, step] of (test.steps ?? []).entries())
      checkStep(check, step, ['tests', index, 'steps', position])
  }
  const known = Object.keys(diagnosticCodes)
  for (const [index, expected] of (read.tests.diagnostics ?? []).entries()) {
    const [code, path] =
      typeof expected === 'string'
        ? [expected, ['diagnostics', index]]
        : [expected.code, ['diagnostics', index, 'code']]
    if (!known.includes(code)) reportValue(check, code, known, path)
  }
}

function checkStep(check: Check, step: TestStep, at: Path): void {
  const resume: unknown = step.resume
  if (resume === false) reportValue(check, false, ['true'], [...at, 'resume'])
  const status = step.expect?.['status']
  if (typeof status === 'string' && !STATUSES.includes(status))
    reportValue(check, status, STATUSES, [...at, 'expect', 'status'])
}

function checkStubs(check: Check, program: Program, { tools = {} }: RunTest, at: Path): void {
  const known = Object.keys(program.tools).filter((key) => {
    const tool = program.tools[key]
    return tool !== undefined && isLocalTool(tool)
  })
  for (const key of Object.keys(tools)) checkName(check, 'AS3002', key, known, [...at, key], 'key')
}

function checkScript(check: Check, agents: readonly string[], { model }: RunTest, at: Path): void {
  if (model === undefined || Array.isArray(model)) return
  for (const agent of Object.keys(model)) checkName(check, 'AS3001', agent, agents, [...at, agent], 'key')
}

function checkName(
  { read, report }: Check,
  code: 'AS3001' | 'AS3002',
  ...[name, known, path, part = 'value']: [string, readonly string[], Path, ('key' | 'value')?]
): void {
  if (known.includes(name)) return
  report(code, { name, suggestion: suggest(name, known), known }, read.document.rangeAt(path, part), {
    pointer: toPointer(path),
  })
}

function reportValue(
  { read, report }: Check,
  value: string | boolean,
  allowed: readonly string[],
  path: Path,
): void {
  const suggestion = suggest(String(value), allowed)
  const name = `"${String(path.findLast((part) => typeof part === 'string'))}"`
  report(
    'AS2007',
    { name, seen: JSON.stringify(value), suggestion, allowed },
    read.document.rangeAt(path, 'value'),
    { pointer: toPointer(path) },
  )
}
