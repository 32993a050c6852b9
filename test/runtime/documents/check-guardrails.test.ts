/** What a journal may say of guardrails: only what one of ours could have judged right there. */
import { expect, test } from 'vitest'
import { importRun } from '../../../src/runtime/documents/import-run.ts'
import type { StateDocument } from '../../../src/runtime/documents/state-document.ts'
import { asJson, makeRun, portsOver, storeWith } from './support.ts'

test.for<readonly [string, string, number, (event: object) => object, string]>([
  [
    'a guardrail of a tool that looks at no call',
    'tripped by arguments',
    3,
    (event) => ({ ...event, call_id: undefined }),
    'guardrail.tripped: guardrails of tools look at calls, and no others do',
  ],
  [
    'a guardrail that looks at a call of another turn',
    'tripped by arguments',
    3,
    (event) => ({ ...event, call_id: 'call_9_9' }),
    'guardrail.tripped: call call_9_9 is not part of the current turn',
  ],
  [
    'a guardrail of another agent',
    'tripped by its input',
    1,
    (event) => ({ ...event, agent: 'other' }),
    'guardrail.tripped: it is the turn of main, not of other',
  ],
  [
    'an answer that was withheld, and is there',
    'tripped by its answer',
    2,
    (event) => ({ ...event, items: [{ type: 'message', role: 'assistant', content: 'x' }] }),
    'model.responded: it was withheld, but has items',
  ],
  [
    'more input than there is to judge',
    'completed',
    2,
    (event) => ({ ...event, judged_input: 2 }),
    'model.responded: there are no 2 items of input to judge',
  ],
])('a journal with %s is refused', async ([, name, at, change, problem]) => {
  const { runtime, run_id, spec } = await makeRun(name, null)
  const document: StateDocument = await runtime.exportState(run_id)
  const journal = document.journal.map((event, index) => (index === at ? change(event) : event))
  const imported = importRun(portsOver(await storeWith(spec)), asJson({ ...document, journal }))
  await expect(imported).rejects.toMatchObject({
    code: 'invalid_document',
    message: `The state document is not valid at /journal/${at}: ${problem}`,
  })
})
