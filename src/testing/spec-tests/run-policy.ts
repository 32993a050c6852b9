/** Policies of a test file: which rule decides a call, asked without a model. */
import { explainCall } from '../../runtime/operations/explain-call.ts'
import { toPointer } from '../../spec/path.ts'
import { InternalError, invariant } from '../../util/invariant.ts'
import { messageOf } from '../../util/message-of.ts'
import type { TestFailure } from './outcome.ts'
import type { PolicyTest } from './test-file.ts'
import type { TestBench } from './run-test.ts'

/** `cancel_order {"amount":150} by triage: ask` */
export function policyName({ agent, tool, args = {}, expect }: PolicyTest): string {
  const who = agent === undefined ? '' : ` by ${agent}`
  return `${tool} ${JSON.stringify(args)}${who}: ${expect}`
}

/** What is wrong; nothing when the rules decide as expected. */
export async function runPolicy(
  { read, compiled }: Pick<TestBench, 'read' | 'compiled'>,
  index: number,
): Promise<readonly TestFailure[]> {
  const policy = read.tests.policies?.[index]
  invariant(policy !== undefined, `there is a policy ${index}`)
  const { agent = compiled.program.entry, tool, args = {}, context, expect } = policy
  const failureAt = (key: string): Pick<TestFailure, 'file' | 'start' | 'end' | 'pointer'> => {
    const path = ['policies', index, key]
    return { ...read.document.rangeAt(path, 'value'), pointer: toPointer(path) }
  }
  try {
    const question = { agent, tool, arguments: args, ...(context === undefined ? {} : { context }) }
    const { gate } = await explainCall(compiled, question)
    if (gate.decision === expect) return []
    const message = `the decision is ${gate.decision}, expected ${expect}: ${gate.rule.reason}`
    return [{ message, ...failureAt('expect'), expected: expect, actual: gate.decision }]
  } catch (error) {
    if (error instanceof InternalError) throw error
    return [{ message: messageOf(error), ...failureAt('tool') }]
  }
}
