/** When a change counts: over a watcher and observations that say what a test wants. */
import { expect, test } from 'vitest'
import { nextChanged } from '../../src/dev/next-changed.ts'
import { createObservations } from '../../src/dev/observations.ts'
import type { Change } from '../../src/dev/observations.ts'

const WRITTEN: readonly Change[] = [{ path: '/a', isBlank: false }]
const EMPTY: readonly Change[] = [{ path: '/a', isBlank: true }]
const SAME: readonly Change[] = []

/** What is waited for, in order, while the files are found like this. */
async function waits(...found: readonly (readonly Change[])[]): Promise<readonly string[]> {
  const left = [...found]
  const waited: string[] = []
  const wait = (what: string) => async (): Promise<void> => void waited.push(what)
  const changed = await nextChanged(
    { nextChange: wait('change'), quiet: wait('quiet') },
    { changed: async () => left.shift() ?? [] },
    AbortSignal.timeout(5000),
  )
  expect(left).toEqual([])
  return [...waited, ...changed]
}

test('what was written at once counts after the burst', async () => {
  expect(await waits(SAME, WRITTEN)).toEqual(['change', '/a'])
})

test('what changed while it was computed may be half written', async () => {
  expect(await waits(WRITTEN, WRITTEN)).toEqual(['quiet', '/a'])
})

test('what is empty or gone may be about to be written', async () => {
  expect(await waits(SAME, EMPTY, WRITTEN)).toEqual(['change', 'quiet', '/a'])
  expect(await waits(SAME, EMPTY, SAME, SAME, WRITTEN)).toEqual(['change', 'quiet', 'change', 'change', '/a'])
  expect(await waits(SAME, EMPTY, EMPTY)).toEqual(['change', 'quiet', '/a'])
  expect(await waits(EMPTY, EMPTY, EMPTY)).toEqual(['quiet', 'quiet', '/a'])
})

test('an abort ends the wait', async () => {
  const stop = new AbortController()
  const end = async (): Promise<void> => stop.abort()
  const changed = nextChanged({ nextChange: end, quiet: end }, { changed: async () => [] }, stop.signal)
  expect(await changed).toEqual([])
})

test('a file that is empty or gone is known as such, as the compiler reads it and as text', async () => {
  for (const [full, blank] of [
    ['text', ''],
    ['text', null],
    [
      { ok: true, text: 'text' },
      { ok: true, text: '' },
    ],
    [
      { ok: true, text: 'text' },
      { ok: false, problem: 'not_found' },
    ],
  ]) {
    let now: unknown = full
    const { observe, changed } = createObservations()
    await observe('/a', async () => now)
    now = blank
    expect(await changed()).toEqual([{ path: '/a', isBlank: true }])
    now = 'other'
    expect(await changed()).toEqual([{ path: '/a', isBlank: false }])
    now = full
    expect(await changed()).toEqual([])
  }
})
