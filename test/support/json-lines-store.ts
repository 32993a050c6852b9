/** A run store in a file of JSON lines, for one process: the example of docs/stores.md. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs'
import { memoryStore } from '../../src/index.ts'
import type { RunStore } from '../../src/index.ts'

/** What was done to the store, in order. */
type Change = { readonly at: number } & (
  | { readonly call: 'append'; readonly of: Parameters<RunStore['append']>[0] }
  | { readonly call: 'archiveSpec'; readonly of: Parameters<RunStore['archiveSpec']>[0] }
  | { readonly call: 'acquireLease'; readonly of: Omit<Parameters<RunStore['acquireLease']>[0], 'isGone'> }
  | { readonly call: 'releaseLease'; readonly of: Parameters<RunStore['releaseLease']>[0] }
  | { readonly call: 'removeRun' | 'clear' | 'remove'; readonly of: string }
  | { readonly call: 'sessionAppend'; readonly of: Parameters<RunStore['sessions']['append']>[0] }
  | { readonly call: 'collectSpecs' }
)

/** Keeps everything in memory, and every change in the file before it is acknowledged. */
export async function jsonLinesStore(path: string): Promise<RunStore> {
  let replayedAt: number | null = null
  const memory = memoryStore({ now: () => replayedAt ?? Date.now() })
  const text = existsSync(path) ? readFileSync(path, 'utf8') : ''
  // A line that was cut off by a crash was never acknowledged; it is the last one.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole !== text) truncateSync(path, Buffer.byteLength(whole))
  const lines = whole.split('\n')
  for (const line of lines.slice(0, -1)) {
    const change: Change = JSON.parse(line)
    replayedAt = change.at
    await apply(memory, change)
  }
  replayedAt = null
  const file = openSync(path, 'a')
  let closed = false
  const write = (change: Change): void => {
    writeSync(file, `${JSON.stringify(change)}\n`)
    fsyncSync(file)
  }
  return {
    ...memory,
    url: `jsonl:${path}`,
    async append(batch) {
      const outcome = await memory.append(batch)
      if (outcome.ok) write({ at: Date.now(), call: 'append', of: batch })
      return outcome
    },
    async archiveSpec(spec) {
      await memory.archiveSpec(spec)
      write({ at: Date.now(), call: 'archiveSpec', of: spec })
    },
    async acquireLease(request) {
      const grant = await memory.acquireLease(request)
      const { isGone: _, ...of } = request
      if (grant.ok) write({ at: Date.now(), call: 'acquireLease', of })
      return grant
    },
    async releaseLease(lease) {
      await memory.releaseLease(lease)
      write({ at: Date.now(), call: 'releaseLease', of: lease })
    },
    async removeRun(runId) {
      const removed = await memory.removeRun(runId)
      if (removed) write({ at: Date.now(), call: 'removeRun', of: runId })
      return removed
    },
    async collectSpecs() {
      const removed = await memory.collectSpecs()
      write({ at: Date.now(), call: 'collectSpecs' })
      return removed
    },
    sessions: {
      ...memory.sessions,
      async append(append) {
        await memory.sessions.append(append)
        write({ at: Date.now(), call: 'sessionAppend', of: append })
      },
      async clear(id) {
        const cleared = await memory.sessions.clear(id)
        if (cleared) write({ at: Date.now(), call: 'clear', of: id })
        return cleared
      },
      async remove(id) {
        const removed = await memory.sessions.remove(id)
        if (removed) write({ at: Date.now(), call: 'remove', of: id })
        return removed
      },
    },
    async close() {
      await memory.close()
      if (!closed) closeSync(file)
      closed = true
    },
  }
}

async function apply(memory: RunStore, change: Change): Promise<unknown> {
  switch (change.call) {
    case 'append':
      return memory.append(change.of)
    case 'archiveSpec':
      return memory.archiveSpec(change.of)
    case 'acquireLease':
      // Whoever held it before had lost it.
      return memory.acquireLease({ ...change.of, isGone: () => true })
    case 'releaseLease':
      return memory.releaseLease(change.of)
    case 'removeRun':
      return memory.removeRun(change.of)
    case 'collectSpecs':
      return memory.collectSpecs()
    case 'sessionAppend':
      return memory.sessions.append(change.of)
    case 'clear':
      return memory.sessions.clear(change.of)
    case 'remove':
      return memory.sessions.remove(change.of)
  }
}
