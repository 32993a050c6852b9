import { describe, expect, test } from 'vitest'
import { MODEL_DEFAULTS } from '../../../src/compiler/model-defaults.ts'
import type { OtherToolDefinition, Program } from '../../../src/compiler/program.ts'
import { UsageFailure } from '../../../src/runtime/failures.ts'
import { link } from '../../../src/runtime/link/link.ts'
import { agent, functionTool, program, mcpServer } from '../../support/program.ts'

const variables = { KEY: 'sk-1', HOST: 'example.com', EMPTY: '' }

function spec(overrides: Partial<Program>): Program {
  return program({ overrides })
}

function failureOf(given: Program): UsageFailure {
  try {
    link(given, variables, '/base')
  } catch (error) {
    if (error instanceof UsageFailure) return error
  }
  throw new Error('expected a UsageFailure')
}

describe('strings that are interpolated', () => {
  test('of models, but not of scripts', () => {
    const script = [{ text: '${KEY}' }]
    const main = { ...MODEL_DEFAULTS, provider: 'openai', model: 'm-${HOST}', api_key: '${KEY}', script }
    const given = spec({
      models: {
        main: {
          ...main,
          base_url: 'https://${HOST}/v1',
          headers: { 'X-A': '${KEY}' },
          settings: { user: '$$${HOST}' },
        },
      },
    })
    expect(link(given, variables, '/base').program.models['main']).toMatchObject({
      model: 'm-example.com',
      api_key: 'sk-1',
      base_url: 'https://example.com/v1',
      headers: { 'X-A': 'sk-1' },
      settings: { user: '$example.com' },
      script: [{ text: '${KEY}' }],
    })
  })

  test('of a model that is one variable: it says provider and model only now', () => {
    const given = spec({ models: { main: { ...MODEL_DEFAULTS, provider: '${MODEL:-openai/small}' } } })
    expect(link(given, {}, '/base').program.models['main']).toMatchObject({
      provider: 'openai',
      model: 'small',
    })
    expect(link(given, { MODEL: '@ai-sdk/x/y' }, '/base').program.models['main']).toMatchObject({
      provider: '@ai-sdk/x',
      model: 'y',
    })
  })

  test('of agents: the model, and instructions in the spec but not in a file', () => {
    const given = spec({
      agents: {
        main: agent({
          model: 'openai/${MODEL:-small}',
          instructions: { template: 'Ask ${HOST} {{ context.x }}' },
        }),
        other: agent({ instructions: { file: 'a.md', template: 'Costs ${HOST} $$' } }),
      },
    })
    const { agents } = link(given, variables, '/base').program
    expect(agents['main']).toMatchObject({
      model: 'openai/small',
      instructions: { template: 'Ask example.com {{ context.x }}' },
    })
    expect(agents['other']?.instructions).toEqual({ file: 'a.md', template: 'Costs ${HOST} $$' })
  })

  test('of tool settings, servers, session and tracing, but never schemas, expressions, handlers', () => {
    const openapi: OtherToolDefinition = {
      ...withoutFunctionKeys(),
      type: 'openapi',
      settings: { url: 'https://${HOST}/', headers: { A: '${KEY}' }, parameters: { pattern: '^$$${KEY}' } },
    }
    const given = spec({
      tools: { openapi },
      mcp_servers: {
        files: mcpServer({
          command: 'run',
          args: ['--key', '${KEY}'],
          env: { TOKEN: '${KEY}' },
          require_approval: { when: "args.x == '$$${KEY}'" },
          tool_meta: { a: "'${KEY}'" },
          tool_filter: { handler: './t.ts#${KEY}' },
        }),
      },
      session: { store: 'redis://${HOST}', resume_agent: 'last', encryption: { ttl: 1, key: '${KEY}' } },
      tracing: { metadata: { host: '${HOST}' } },
    })
    const linked = link(given, variables, '/base').program
    expect(linked.tools['openapi']).toMatchObject({
      settings: { url: 'https://example.com/', headers: { A: 'sk-1' }, parameters: { pattern: '^$$${KEY}' } },
    })
    expect(linked.mcp_servers['files']).toMatchObject({
      command: 'run',
      args: ['--key', 'sk-1'],
      env: { TOKEN: 'sk-1' },
      require_approval: { when: "args.x == '$$${KEY}'" },
      tool_meta: { a: "'${KEY}'" },
      tool_filter: { handler: './t.ts#${KEY}' },
    })
    expect(linked.session).toMatchObject({ store: 'redis://example.com', encryption: { key: 'sk-1' } })
    expect(linked.tracing).toEqual({ metadata: { host: 'example.com' } })
  })

  test('nothing of function tools, rules and modules', () => {
    const given = program({
      source: 'export const x = `${KEY}`',
      tools: [
        functionTool('x', {
          description: '${KEY}',
          parameters: { const: '${KEY}' },
          needs_approval: { when: '"${KEY}" == ""' },
        }),
      ],
    })
    const linked = link(given, variables, '/base').program
    expect([linked.tools, linked.approvals, linked.modules]).toEqual([
      given.tools,
      given.approvals,
      given.modules,
    ])
  })

  test('the Program given is not changed', () => {
    const given = spec({ tracing: { a: ['${KEY}'] } })
    const before = structuredClone(given)
    link(given, variables, '/base')
    expect(given).toEqual(before)
  })
})

describe('variables', () => {
  test('those that were asked for are told', () => {
    const given = spec({ tracing: { a: '${KEY}', b: '${UNSET}', c: '${HOST:-${OTHER}}' } })
    expect(link(given, variables, '/base').used).toEqual(new Set(['KEY', 'UNSET', 'HOST']))
  })

  test('all required ones without a value are named at once', () => {
    const given = spec({
      tracing: { a: '${A:?set it to your key}', b: '${B?}', again: '${A:?other}', c: '${EMPTY:?}' },
    })
    const failure = failureOf(given)
    expect(failure.code).toBe('unset_variable')
    expect(failure.message).toBe('3 required variables have no value: A (set it to your key), B, EMPTY')
    expect(failure.hint).toContain('.env')
  })

  test('one alone reads as one', () => {
    expect(failureOf(spec({ tracing: { a: '${A:?}' } })).message).toBe('A required variable has no value: A')
  })
})

function withoutFunctionKeys(): Omit<OtherToolDefinition, 'type' | 'settings'> {
  const {
    type: _type,
    handler: _handler,
    parameters: _parameters,
    strict: _strict,
    ...common
  } = functionTool('http')
  return common
}
