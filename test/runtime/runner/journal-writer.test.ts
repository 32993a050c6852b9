/** What happened lands, whatever others append meanwhile and however slow the store is. */
import { expect, test } from 'vitest'
import { createRuntime } from '../../../src/runtime/create-runtime.ts'
import type { RunStore } from '../../../src/runtime/store/run-store.ts'
import { memoryStore } from '../../../src/runtime/store/memory/memory-store.ts'
import { compiled, functionTool, program } from '../../support/program.ts'

const SPEC = compiled(
  program({
    script: [{ tool_calls: [{ name: 'quick' }, { name: 'slow' }, { name: 'last' }] }, { text: 'Done.' }],
    tools: ['quick', 'slow', 'last'].map((name) => functionTool(name)),
    source: `
const gate = () => { let open; const promise = new Promise((resolve) => { open = resolve }); return { promise, open } }
const slowGate = gate()
const lastGate = gate()
globalThis[Symbol.for('journal-writer-test')] = { slow: slowGate.open, last: lastGate.open }
export const quick = () => 'quick'
export async function slow() { await slowGate.promise; return 'slow' }
export async function last() { await lastGate.promise; return 'last' }
`,
  }),
)

interface Gates {
  readonly slow: () => void
  readonly last: () => void
}

function gates(): Gates {
  return (globalThis as unknown as Record<symbol, Gates>)[Symbol.for('journal-writer-test')] as Gates
}

test.each(['read', 'append'] as const)(
  'a result that comes while the journal of others is being taken in (%s) is not lost',
  async (when) => {
    const inner = memoryStore()
    const beside = createRuntime({ store: inner, environment: {} })
    let disturbed = false
    /** Lets a body end, and waits until its result was recorded. */
    const endSlow = async (): Promise<void> => {
      gates().slow()
      await new Promise((resolve) => setImmediate(resolve))
    }
    const store: RunStore = {
      ...inner,
      async append(batch) {
        const isFirstResult = batch.events.some((event) => event.type === 'tool.completed')
        if (!disturbed && isFirstResult) {
          disturbed = true
          const { run_id } = batch
          const record = { ...batch.record, seq: batch.after + 1 }
          const items = [{ role: 'user', content: 'Be quick' }]
          const at = new Date().toISOString()
          const input = { type: 'input.added', run_id, seq: batch.after + 1, at, items } as const
          expect(
            await inner.append({ run_id, after: batch.after, lease: null, events: [input], record }),
          ).toEqual({
            ok: true,
          })
          if (when === 'append') await endSlow()
        }
        return inner.append(batch)
      },
      async readJournal(...args) {
        const journal = await inner.readJournal(...args)
        if (disturbed && when === 'read') await endSlow()
        if (disturbed) gates().last()
        return journal
      },
    }
    const runtime = createRuntime({ store, environment: {} })
    const result = await runtime.start(SPEC, 'Go').result
    expect(result).toMatchObject({ status: 'completed', final_output: 'Done.' })
    const journal = await beside.events(result.run_id)
    expect(disturbed).toBe(true)
    const answered = journal.flatMap((event) => (event.type === 'tool.completed' ? [event.output] : []))
    expect(new Set(answered)).toEqual(new Set(['last', 'quick', 'slow']))
    expect(answered).toHaveLength(3)
    await runtime.close()
  },
)
