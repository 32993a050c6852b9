import { describe, expect, test } from 'vitest'
import {
  countValue,
  durationValue,
  jsonObject,
  jsonObjectOrFile,
  jsonValue,
  modelChoice,
} from '../../src/cli/values.ts'
import { createWorkspace } from '../support/workspace.ts'

describe('--model', () => {
  test('names a model for every agent, or for one', () => {
    expect(modelChoice([])).toEqual({})
    expect(modelChoice(['openai/gpt-x'])).toEqual({ model: 'openai/gpt-x' })
    expect(modelChoice(['openai/a', 'triage=openai/b', 'billing=@ai-sdk/anthropic/c=d'])).toEqual({
      model: 'openai/a',
      agentModels: { triage: 'openai/b', billing: '@ai-sdk/anthropic/c=d' },
    })
    expect(modelChoice(['openai/ft:x=1'])).toEqual({ model: 'openai/ft:x=1' })
  })

  test.for(['gpt-x', '', '/x', 'openai/', 'triage=', 'a=b=openai/x', 'open ai/x'])('refuses %j', (text) => {
    expect(() => modelChoice([text])).toThrow(`--model cannot be "${text}"`)
  })
})

describe('JSON in a flag', () => {
  test('is taken only when it keeps its meaning', () => {
    expect(jsonValue('--result', '[1]')).toEqual([1])
    expect(() => jsonValue('--result', 'yes')).toThrow(/^--result is not valid JSON/)
    expect(() => jsonValue('--result', '{"a":1,"a":2}')).toThrow('given twice')
    expect(() => jsonValue('--result', '9007199254740993')).toThrow('cannot be kept exactly')
    expect(() => jsonObject('--args', '[1]')).toThrow('--args must be a JSON object, not [1]')
  })

  test('can be in a file', async () => {
    using folder = createWorkspace({ 'c.json': '{"a":1}\n', 'bad.json': '{' })
    expect(await jsonObjectOrFile('--context', '@c.json', folder.path)).toEqual({ a: 1 })
    expect(await jsonObjectOrFile('--context', '{"b":2}', folder.path)).toEqual({ b: 2 })
    await expect(jsonObjectOrFile('--context', '@none.json', folder.path)).rejects.toThrow(
      'none.json cannot be read: there is no such file',
    )
    await expect(jsonObjectOrFile('--context', '@.', folder.path)).rejects.toThrow(
      '. cannot be read: it is a folder',
    )
    await expect(jsonObjectOrFile('--context', '@bad.json', folder.path)).rejects.toThrow(
      '--context @bad.json is not valid JSON',
    )
  })
})

describe('numbers and durations', () => {
  test('are whole numbers of at least a least one', () => {
    expect(countValue('--limit', '12', 1)).toBe(12)
    for (const text of ['0', '-1', '1.5', 'x', '', '1e3', '99999999999999999999']) {
      expect(() => countValue('--limit', text, 1)).toThrow(`--limit cannot be "${text}"`)
    }
  })

  test('are written with a unit, or in seconds', () => {
    expect([
      durationValue('--wait', '500ms'),
      durationValue('--wait', '10'),
      durationValue('--wait', '2h'),
    ]).toEqual([500, 10_000, 7_200_000])
    expect(() => durationValue('--wait', 'soon')).toThrow('--wait cannot be "soon"')
  })
})
