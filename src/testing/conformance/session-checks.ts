/** What run stores promise of their sessions beyond the port of session stores: stretches by sequence. */
import assert from 'node:assert/strict'
import { items, messages } from './session-store-conformance.ts'
import type { RunStoreChecks } from './run-store-suite.ts'

export const SESSION_CHECKS: RunStoreChecks = {
  'an unknown session is an empty stretch': async ({ store: { sessions } }) => {
    assert.deepEqual(await sessions.read('none'), { items: [], from: 0, upto: 0, last_agent: null })
    assert.deepEqual(await sessions.readRange('none', 0, 10), [])
  },

  'a page says which stretch it is': async ({ store: { sessions } }) => {
    await sessions.append(items('s', 'run_a:1', 'one', 'two', 'three', 'four'))
    const newest = { items: messages('three', 'four'), from: 2, upto: 4, last_agent: 'desk' }
    assert.deepEqual(await sessions.read('s', 2), newest)
    assert.deepEqual(await sessions.read('s', 0), { ...newest, items: [], from: 4 })
  },

  'a stretch is read without its start and with its end': async ({ store: { sessions } }) => {
    await sessions.append(items('s', 'run_a:1', 'one', 'two', 'three', 'four'))
    assert.deepEqual(await sessions.readRange('s', 1, 3), messages('two', 'three'))
    assert.deepEqual(await sessions.readRange('s', 0, 99), messages('one', 'two', 'three', 'four'))
    assert.deepEqual(await sessions.readRange('s', 2, 2), [])
  },

  'clearing keeps items for runs that refer to them': async ({ store: { sessions } }) => {
    await sessions.append(items('s', 'run_a:1', 'one', 'two'))
    await sessions.clear('s')
    assert.deepEqual(await sessions.read('s'), { items: [], from: 2, upto: 2, last_agent: null })
    await sessions.append(items('s', 'run_b:1', 'three'))
    const page = { items: messages('three'), from: 2, upto: 3, last_agent: 'desk' }
    assert.deepEqual(await sessions.read('s'), page)
    assert.deepEqual(await sessions.readRange('s', 0, 3), messages('one', 'two', 'three'))
  },

  'what replaces a stretch hides it in the same moment, once': async ({ store: { sessions } }) => {
    await sessions.append(items('s', 'run_a:1', 'one', 'two', 'three'))
    const { from, upto } = await sessions.read('s')
    await sessions.append(items('s', 'run_b:1', 'meanwhile'))
    const replacing = { ...items('s', 'run_a:9', 'summary'), replaces: { from, upto } }
    await sessions.append(replacing)
    await sessions.append(replacing)
    const page = { items: messages('meanwhile', 'summary'), from: 3, upto: 5, last_agent: 'desk' }
    assert.deepEqual(await sessions.read('s'), page)
    assert.deepEqual(await sessions.readRange('s', 0, 3), messages('one', 'two', 'three'))
  },

  'what would replace a stretch that was hidden since is not appended': async ({ store: { sessions } }) => {
    await sessions.append(items('s', 'run_a:1', 'one', 'two'))
    const { from, upto } = await sessions.read('s')
    await sessions.clear('s')
    await sessions.append({ ...items('s', 'run_a:9', 'summary'), replaces: { from, upto } })
    assert.deepEqual(await sessions.read('s'), { items: [], from: 2, upto: 2, last_agent: null })
    await sessions.append(items('s', 'run_b:1', 'anew'))
    await sessions.remove('s')
    await sessions.append({ ...items('s', 'run_b:9', 'summary'), replaces: { from: 2, upto: 3 } })
    assert.deepEqual((await sessions.read('s')).items, [])
  },

  'the sequences of a removed session are not used again': async ({ store: { sessions } }) => {
    await sessions.append(items('s', 'run_a:1', 'one', 'two'))
    await sessions.remove('s')
    assert.deepEqual(await sessions.readRange('s', 0, 2), [])
    await sessions.append(items('s', 'run_b:1', 'three'))
    const page = await sessions.read('s')
    assert.deepEqual(await sessions.readRange('s', 0, 2), [], 'an older run does not see the new items')
    assert.deepEqual(await sessions.readRange('s', page.from, page.upto), messages('three'))
  },
}
