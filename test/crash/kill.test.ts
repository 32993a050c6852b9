/** A process that dies by kill -9 at some appends of a run; the long tests do it at every one, and in PostgreSQL too. */
import { beforeAll, describe, expect, test } from 'vitest'
import { wideSpec } from '../support/wide-run.ts'
import { crashAt, expectUndisturbed } from './crash-sweep.ts'
import type { Crash, CrashOutcome } from './crash-sweep.ts'

const timeout = 60_000

describe('kill -9', () => {
  let undisturbed: CrashOutcome

  beforeAll(async () => {
    undisturbed = await crashAt({ at: 0, when: 'before' })
  })

  test.each<[string, Crash, readonly string[]]>([
    ['before calls are journaled as started', { at: 'tool.started:run', when: 'before' }, []],
    [
      'once calls are journaled as started, whether they ran or not',
      { at: 'tool.started:run', when: 'after' },
      ['run', 'write'],
    ],
    [
      'once a patch and a call of a server are journaled as started',
      { at: 'tool.started:note', when: 'after' },
      ['edit', 'note'],
    ],
    [
      'once a body has run, before its result is journaled',
      { at: 'tool.completed:close', when: 'before' },
      ['close'],
    ],
    ['once a call was started that is to be tried again', { at: 'tool.started:read', when: 'after' }, []],
    ['inside an agent that is a tool', { at: 'tool.started:inner', when: 'after' }, ['inner']],
    ['right after the turn and the session were written', { at: 10, when: 'before' }, []],
  ])(
    '%s: nothing journaled runs again, and people see what is in doubt',
    { timeout },
    async (_, crash, inDoubt) => {
      const outcome = await crashAt(crash)
      expect(outcome.died).toBe(true)
      expectUndisturbed(outcome, undisturbed)
      expect(outcome.inDoubt.toSorted()).toEqual(inDoubt)
    },
  )

  test(
    'inside a call that must not be in doubt: the run fails for good, and the call is not run again',
    { timeout },
    async () => {
      const crash = { at: 'tool.started:close', when: 'after' } as const
      const outcome = await crashAt(crash, { spec: wideSpec({ last: 'fail' }) })
      expect(outcome).toMatchObject({
        died: true,
        inDoubt: [],
        result: {
          status: 'failed',
          error: { code: 'tool_outcome_unknown', tool: 'close', call_id: 'close' },
        },
      })
      expect(outcome.bodies).toEqual(outcome.bodiesAtCrash)
    },
  )
})
