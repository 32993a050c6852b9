/** `approve` and `reject` of a test: the call is named by its tool, or as on the command line. */
import { UsageFailure } from '../../runtime/failures.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { DecisionStep, TestStep } from './test-file.ts'

/**
 * Records the decision; nothing is carried out.
 *
 * @throws what `Runtime.decide` throws; UsageFailure `ambiguous_call` when several calls of the tool wait.
 */
export async function decideStep(
  runtime: Runtime,
  runId: string,
  { approve, reject }: Pick<TestStep, 'approve' | 'reject'>,
): Promise<void> {
  const { call, ...rest }: DecisionStep = approve ?? reject ?? {}
  const calls = call === undefined ? [] : [await selectedCall(runtime, runId, call)]
  await runtime.decide(runId, {
    calls,
    decision: approve === undefined ? 'reject' : 'approve',
    by: 'test',
    ...rest,
  })
}

async function selectedCall(runtime: Runtime, runId: string, name: string): Promise<string> {
  const { interruptions } = await runtime.show(runId)
  if (interruptions.some(({ call_id: id }) => id === name)) return name
  const [only, ...others] = interruptions.filter(
    ({ tool, server }) => tool === name || `${server}/${tool}` === name,
  )
  if (only === undefined) return name
  if (others.length === 0) return `#${only.request}`
  const ids = [only, ...others].map(({ call_id: id }) => id).join(', ')
  throw new UsageFailure('ambiguous_call', `Several calls of ${name} are waiting: ${ids}. Name one by its id`)
}
