/** `follow` on real files: whatever happens to them, the last thing that is computed is from the last text. */
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { follow } from '../../src/dev/follow.ts'
import type { Followed } from '../../src/dev/follow.ts'
import { createWorkspace } from '../support/workspace.ts'
import type { Workspace } from '../support/workspace.ts'

type Texts = readonly (string | null)[]

/** So that it is the watcher that notices. Where the pause is too short comparing the texts does, to the same effect. */
const PAUSE = 120

const read = async (path: string): Promise<string | null> => await readFile(path, 'utf8').catch(() => null)

interface Following {
  readonly folder: Workspace
  readonly path: (name: string) => string
  /** What is computed next, when this happens while it is waited for. */
  readonly after: (happens: () => void) => Promise<Followed<Texts>>
  /** Follows until the texts are these. */
  readonly until: (texts: Texts, happens: () => void) => Promise<void>
}

/** Follows the texts of some files of a folder. */
async function expectFollowed(
  files: Readonly<Record<string, string>>,
  names: readonly string[],
  body: (following: Following) => Promise<void>,
): Promise<void> {
  using folder = createWorkspace(files)
  const stop = new AbortController()
  const path = (name: string): string => join(folder.path, name)
  const values = follow(
    (observe) => Promise.all(names.map((name) => observe(path(name), () => read(path(name))))),
    stop.signal,
  )
  const after: Following['after'] = async (happens) => {
    const pending = values.next()
    await setTimeout(PAUSE)
    happens()
    const { value } = await pending
    if (value === undefined) throw new Error('it has ended')
    return value
  }
  const until: Following['until'] = async (texts, happens) => {
    let { value } = await after(happens)
    while (JSON.stringify(value) !== JSON.stringify(texts)) ({ value } = await after(() => undefined))
  }
  const { value: first } = await values.next()
  expect(first).toEqual({
    value: names.map((name) => files[name] ?? null),
    changed: [],
    watched: names.map((name) => path(name)),
  })
  await body({ folder, path, after, until })
  const last = values.next()
  stop.abort()
  expect(await last).toEqual({ done: true, value: undefined })
}

describe('a change is seen', () => {
  test('when a file is written', async () => {
    await expectFollowed({ a: 'one', b: 'same' }, ['a', 'b'], async ({ folder, path, after }) => {
      for (const text of ['two', 'six', 'ten']) {
        const seen = await after(() => folder.write('a', text))
        expect(seen).toEqual({ value: [text, 'same'], changed: [path('a')], watched: [path('a'), path('b')] })
      }
    })
  })

  test('when a file is replaced, as editors do', async () => {
    await expectFollowed({ a: 'one' }, ['a'], async ({ folder, path, until }) => {
      for (const text of ['two', 'three', 'four']) {
        await until([text], () => {
          folder.write('.a.swp', text)
          renameSync(path('.a.swp'), path('a'))
        })
      }
      await until(['five'], () => {
        renameSync(path('a'), path('a~'))
        folder.write('a', 'five')
      })
    })
  })

  test('when a file is removed, and when it comes back', async () => {
    await expectFollowed({ a: 'one' }, ['a'], async ({ folder, path, after, until }) => {
      const gone = await after(() => rmSync(path('a')))
      expect(gone).toMatchObject({ value: [null], changed: [path('a')] })
      await until(['two'], () => folder.write('a', 'two'))
      await until(['three'], () => folder.write('a', 'three'))
    })
  })

  test('when a file that was missing is made, in a folder that was missing, too', async () => {
    await expectFollowed({ a: 'one' }, ['a', 'b', 'new/deep/c'], async ({ folder, until }) => {
      await until(['one', 'two', null], () => folder.write('b', 'two'))
      await until(['one', 'two', 'three'], () => folder.write('new/deep/c', 'three'))
      await until(['one', 'two', 'four'], () => folder.write('new/deep/c', 'four'))
    })
  })

  test('when a folder is removed and made anew', async () => {
    await expectFollowed({ 'in/a': 'one' }, ['in/a'], async ({ folder, path, until }) => {
      await until([null], () => rmSync(path('in'), { recursive: true }))
      await until(['two'], () => folder.write('in/a', 'two'))
      await until(['three'], () => {
        renameSync(path('in'), path('out'))
        mkdirSync(path('in'))
        folder.write('in/a', 'three')
      })
      await until(['four'], () => folder.write('in/a', 'four'))
    })
  })

  test('when it is where a link leads, and when the link leads elsewhere', async () => {
    await expectFollowed({ 'far/a': 'one', 'far/b': 'two' }, ['link'], async ({ folder, path, until }) => {
      await until(['one'], () => symlinkSync('far/a', path('link')))
      await until(['changed'], () => folder.write('far/a', 'changed'))
      await until(['two'], () => {
        symlinkSync('far/b', path('new'))
        renameSync(path('new'), path('link'))
      })
      await until(['changed, too'], () => folder.write('far/b', 'changed, too'))
      await until(['replaced'], () => {
        folder.write('far/new', 'replaced')
        renameSync(path('far/new'), path('far/b'))
      })
    })
  })

  test('to its end when a file is written piece by piece', async () => {
    await expectFollowed({ a: 'one' }, ['a'], async ({ path, until }) => {
      await until(['x'.repeat(100)], () => {
        truncateSync(path('a'))
        for (let size = 1; size <= 100; size++) writeFileSync(path('a'), 'x', { flag: 'a' })
      })
    })
  })

  test('when it happens before the file is watched', async () => {
    using folder = createWorkspace({ a: '0' })
    const path = join(folder.path, 'a')
    const stop = new AbortController()
    const values = follow(async (observe) => {
      const number = Number(await observe(path, () => read(path)))
      if (number < 3) folder.write('a', `${number + 1}`)
      else stop.abort()
      return number
    }, stop.signal)
    const seen = await Array.fromAsync(values, ({ value }) => value)
    expect(seen).toEqual([0, 1, 2, 3])
  })
})

describe('nothing is computed', () => {
  test('for a text that is the same, nor for another file', async () => {
    await expectFollowed({ a: 'one', other: '' }, ['a'], async ({ folder, path, after }) => {
      const seen = await after(() => {
        folder.write('a', 'one')
        folder.write('other', 'changed')
        folder.write('b', 'new')
        folder.write('a', 'two')
      })
      expect(seen).toMatchObject({ value: ['two'], changed: [path('a')] })
    })
  })

  test('for a file that is not read any more', async () => {
    using folder = createWorkspace({ root: 'a', a: 'one', b: 'two' })
    const path = (name: string): string => join(folder.path, name)
    const stop = new AbortController()
    const values = follow(async (observe) => {
      const name = (await observe(path('root'), () => read(path('root')))) ?? ''
      return await observe(path(name), () => read(path(name)))
    }, stop.signal)
    expect(await values.next()).toMatchObject({ value: { value: 'one' } })
    folder.write('root', 'b')
    expect(await values.next()).toMatchObject({ value: { value: 'two', watched: [path('root'), path('b')] } })
    for (const text of ['three', 'four']) {
      const pending = values.next()
      await setTimeout(PAUSE)
      if (text === 'four') folder.write('a', 'changed')
      folder.write('b', text)
      expect(await pending).toMatchObject({ value: { value: text, changed: [path('b')] } })
    }
    stop.abort()
    expect(await values.next()).toMatchObject({ done: true })
  })

  test('once it is aborted', async () => {
    const stop = new AbortController()
    stop.abort()
    const never = follow(() => Promise.reject(new Error('computed')), stop.signal)
    expect(await never.next()).toEqual({ done: true, value: undefined })
  })
})

test('what goes wrong in computing is thrown', async () => {
  const failing = follow(() => Promise.reject(new Error('computed')), new AbortController().signal)
  await expect(failing.next()).rejects.toThrow('computed')
})
