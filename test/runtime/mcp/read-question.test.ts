/** Questions of servers nobody vouches for: what is read of them, and which call they are taken for. */
import { describe, expect, test } from 'vitest'
import { createQuestionDesk, createReadyAnswers } from '../../../src/runtime/mcp/question-desk.ts'
import type { AskingCall } from '../../../src/runtime/mcp/question-desk.ts'
import { readQuestion } from '../../../src/runtime/mcp/read-question.ts'
import type { Json } from '../../../src/util/json.ts'

const form = (properties: Json, rest: object = {}): Json => ({
  message: 'Which?',
  requestedSchema: { type: 'object', properties, ...rest },
})

describe('what is read of a question', () => {
  test('is what forms have, and nothing else: no pattern to run, no reference to follow', () => {
    const fields = {
      a: { type: 'string', format: 'email', pattern: '(a+)+$', $ref: '#', title: 'A', default: 1 },
      b: { type: 'integer', minimum: 1, multipleOf: 2 },
      c: { enum: ['x', 'y', 'x'] },
      d: { type: 'string', enum: ['x', 'y'], enumNames: ['Ex', 'Why'] },
      e: { type: 'array', items: { anyOf: [{ const: 'x', title: 'Ex' }] }, minItems: 1, default: ['x'] },
    }
    expect(readQuestion(form(fields, { required: ['a', 'no'], $defs: {}, allOf: [] }))).toEqual({
      message: 'Which?',
      schema: {
        type: 'object',
        properties: {
          a: { type: 'string', title: 'A', format: 'email' },
          b: { type: 'integer', minimum: 1 },
          c: { type: 'string', enum: ['x', 'y'] },
          d: {
            type: 'string',
            oneOf: [
              { const: 'x', title: 'Ex' },
              { const: 'y', title: 'Why' },
            ],
          },
          e: {
            type: 'array',
            minItems: 1,
            default: ['x'],
            items: { type: 'string', oneOf: [{ const: 'x', title: 'Ex' }] },
            uniqueItems: true,
          },
        },
        required: ['a'],
        additionalProperties: false,
      },
    })
  })

  test.each<readonly [string, Json, string]>([
    ['nothing', null, 'no content'],
    ['a page to open', { mode: 'url', message: 'Go', url: 'https://x.example' }, 'only forms'],
    ['a novel', { message: 'x'.repeat(9000) }, 'message'],
    ['no schema', { message: 'Which?' }, 'not one of an object'],
    ['an object inside', form({ a: { type: 'object', properties: {} } }), 'field "a"'],
    ['a type of its own', form({ a: { type: 'constructor' } }), 'field "a"'],
    [
      'too many fields',
      form(Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`f${n}`, {}]))),
      '50 fields',
    ],
    ['a long field', form({ a: { type: 'string', description: 'x'.repeat(70_000) } }), 'characters'],
  ])('%s is no question', (_, params, words) => {
    expect(readQuestion(params)).toContain(words)
  })
})

describe('a question', () => {
  const redact = (question: Json): Json => question
  const call = (): AskingCall & { readonly asked: string[] } => {
    const asked: string[] = []
    return {
      asked,
      answer(question) {
        asked.push(question.message)
        return { action: 'decline' }
      },
    }
  }

  test('that no call can have asked is cancelled', async () => {
    expect(await createQuestionDesk(redact).ask(form({}))).toEqual({ action: 'cancel' })
  })

  test('is for the only call under way', async () => {
    const desk = createQuestionDesk(redact)
    const one = call()
    const leave = desk.enter(one)
    expect(await desk.ask(form({}))).toEqual({ action: 'decline' })
    leave()
    expect(one.asked).toEqual(['Which?'])
  })

  test('waits while it could be for several, and where all wait the latest is cancelled', async () => {
    const desk = createQuestionDesk(redact)
    const [one, other] = [call(), call()]
    desk.enter(one)
    const leave = desk.enter(other)
    const first = desk.ask(form({}))
    expect(await desk.ask(form({}))).toEqual({ action: 'cancel' })
    expect(one.asked).toEqual([])
    leave()
    expect(await first).toEqual({ action: 'decline' })
    expect(one.asked).toEqual(['Which?'])
    expect(other.asked).toEqual([])
  })

  test('that is asked twice gets its answers in order, and then none', () => {
    const question = { message: 'Which?', schema: { type: 'object' } }
    const given = (n: number) => ({ question, tool_identity: '', content: { n } })
    const ready = createReadyAnswers([given(1), given(2)])
    expect([ready(question), ready(question), ready(question)]).toEqual([
      { action: 'accept', content: { n: 1 } },
      { action: 'accept', content: { n: 2 } },
      null,
    ])
    expect(ready({ message: 'Other?', schema: { type: 'object' } })).toBeNull()
  })
})
