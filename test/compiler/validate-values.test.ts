import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { validateSpec } from '../../src/compiler/validate/validate-spec.ts'

/** `code part pointer: message`, for each finding of a spec that is right but for these lines. */
function findings(lines: string): readonly string[] {
  return validateSpec(parse(`agentspec: 1\nname: demo\nagents: { triage: {} }\n${lines}`), 'root').map(
    ({ code, at, pointer, message }) => `${code} ${at} ${pointer}: ${message}`,
  )
}

/** The hint and the fix of the first finding. */
function help(lines: string): readonly unknown[] {
  const [finding] = validateSpec(parse(`agentspec: 1\nname: demo\nagents: { triage: {} }\n${lines}`), 'root')
  return [finding?.hint, finding?.fix]
}

function expectFindings(cases: Readonly<Record<string, string | readonly string[]>>): void {
  for (const [yaml, expected] of Object.entries(cases))
    expect(findings(yaml), yaml).toEqual([expected].flat())
}

describe('types', () => {
  test('are named in plain words', () => {
    expectFindings({
      'run: { max_tool_concurrency: "4" }':
        'AS2006 value /run/max_tool_concurrency: Expected a whole number for "max_tool_concurrency", got the text "4".',
      'run: { max_turns: 1.5 }':
        'AS2006 value /run/max_turns: Expected a whole number or null for "max_turns", got the number 1.5.',
      'run: { nest_handoff_history: yes }':
        'AS2006 value /run/nest_handoff_history: Expected true or false for "nest_handoff_history", got the text "yes".',
      'run:': 'AS2006 value /run: Expected a map for "run", got null.',
      'tools: [a]': 'AS2006 value /tools: Expected a map for "tools", got a list.',
      'include: ./a.yaml': 'AS2006 value /include: Expected a list for "include", got the text "./a.yaml".',
      'version: 1.0':
        'AS2006 value /version: Expected a semantic version such as "1.2.0" for "version", got the number 1.',
      'approvals: { expires_after: true }':
        'AS2006 value /approvals/expires_after: Expected a duration such as "10s" for "expires_after", got true.',
      'approvals: { rules: [{ decide: ask, when: true }] }':
        'AS2006 value /approvals/rules/0/when: Expected a CEL expression for "when", got true.',
      'tools: { a: { type: shell, enabled: 3 } }':
        'AS2006 value /tools/a/enabled: Expected true, false, a text or a map for "enabled", got the number 3.',
      'mcp_servers: { a: { command: b, env: { PORT: 80 } } }':
        'AS2006 value /mcp_servers/a/env/PORT: Expected a text for "PORT", got the number 80.',
    })
    expect(validateSpec(null, 'root').map(({ message }) => message)).toEqual([
      'Expected a map for the spec, got null.',
    ])
  })

  test('a wrong one says nothing else about that value', () => {
    expectFindings({
      'run: { tool_not_found: 3 }':
        'AS2006 value /run/tool_not_found: Expected a text for "tool_not_found", got the number 3.',
      'secrets: [1]': 'AS2006 value /secrets/0: Expected a text for item 1 of "secrets", got the number 1.',
      'mcp_servers: { a: 1 }': 'AS2006 value /mcp_servers/a: Expected a map for "a", got the number 1.',
      'tools: { a: b }': 'AS2006 value /tools/a: Expected a map for "a", got the text "b".',
    })
  })

  test('what was meant is offered', () => {
    expect(help('run: { max_turns: "20" }')).toEqual(['Write 20.', { replaceValueWith: 20 }])
    expect(help('run: { nest_handoff_history: Off }')).toEqual(['Write false.', { replaceValueWith: false }])
    expect(help('defaults: { model_settings: { top_p: "0.5" } }')).toEqual([
      'Write 0.5.',
      { replaceValueWith: 0.5 },
    ])
    expect(help('run: { max_tool_concurrency: "99999999999999999999" }')).toEqual([undefined, undefined])
    expect(help('include: ./a.yaml')).toEqual(['Write a list: [./a.yaml].', undefined])
    expect(help('session: { input_callback: ./a.ts#b }')).toEqual(['Write { handler: ./a.ts#b }.', undefined])
    expect(help('description: 3')).toEqual(['Put it in quotes if it is meant as text.', undefined])
    expect(help('guardrails: { a: }')).toEqual([
      'For example: { type: handler, handler: ./guards.ts#check }',
      undefined,
    ])
  })
})

describe('allowed values', () => {
  test('are compared with the one that is there', () => {
    expectFindings({
      'run: { tool_not_found: return_eror }':
        'AS2007 value /run/tool_not_found: Unknown value "return_eror" for "tool_not_found". Did you mean "return_error"?',
      'tools: { a: { type: functoin, cwd: 1, zzzz: 2 } }':
        'AS2007 value /tools/a/type: Unknown value "functoin" for "type". Did you mean "function"?',
      'tools: { a: { type: http, url: b, method: get } }':
        'AS2007 value /tools/a/method: Unknown value "get" for "method". Did you mean "GET"?',
      'mcp_servers: { a: { url: b, transport: http } }':
        'AS2007 value /mcp_servers/a/transport: Unknown value "http" for "transport". Did you mean "streamable_http"?',
      'mcp_servers: { a: { url: b, negotiation: latest } }':
        'AS2007 value /mcp_servers/a/negotiation: Unknown value "latest" for "negotiation".',
      'mcp_servers: { a: { url: b, require_approval: sometimes } }':
        'AS2007 value /mcp_servers/a/require_approval: Unknown value "sometimes" for "require_approval".',
      'mcp_servers: { a: { url: b, require_approval: { write: alway } } }':
        'AS2007 value /mcp_servers/a/require_approval/write: Unknown value "alway" for "write". Did you mean "always"?',
      'models: { a: { provider: openai, model: b, retry: { on: [timeouts, network] } } }':
        'AS2007 value /models/a/retry/on/0: Unknown value "timeouts" for item 1 of "on". Did you mean "timeout"?',
    })
    expect(help('approvals: { unattended: stop }')).toEqual(['Allowed: "pause", "deny", "fail".', undefined])
    expect(help('approvals: { unattended: Pause }')[1]).toEqual({ replaceValueWith: 'pause' })
  })

  test('the format has one version', () => {
    const versions = (version: unknown) =>
      validateSpec({ agentspec: version as number, name: 'demo', agents: {} }, 'root').map(
        ({ message, fix }) => [message, fix],
      )
    expect(versions(2)).toEqual([
      ['This release reads version 1 of the format, not the number 2.', undefined],
    ])
    expect(versions('1')).toEqual([
      ['This release reads version 1 of the format, not the text "1".', { replaceValueWith: 1 }],
    ])
  })
})

describe('texts of a form', () => {
  test('say what the form is', () => {
    expectFindings({
      'run: { budget: { duration: 3 days } }':
        'AS2009 value /run/budget/duration: Expected a duration such as "72h" for "duration", got the text "3 days".',
      'run: { budget: { duration: 1h30m } }':
        'AS2009 value /run/budget/duration: Expected a duration such as "10s" for "duration", got the text "1h30m".',
      'version: v1.2':
        'AS2011 value /version: Expected a semantic version such as "1.2.0" for "version", got the text "v1.2".',
      'migrations: [{ from: before 2 }]':
        'AS2012 value /migrations/0/from: Expected a range of versions such as "<2.0.0" for "from", got the text "before 2".',
      'tools: { a: { type: function, handler: ./tools.ts } }':
        'AS2013 value /tools/a/handler: Expected a handler such as "./tools.ts#lookupOrder" for "handler", got the text "./tools.ts".',
      'models: { a: gpt-5.6-luna }':
        'AS2015 value /models/a: Expected a model such as "openai/gpt-5.6-luna" for "a", got the text "gpt-5.6-luna".',
      'models: { a: { provider: Open AI, model: b } }':
        'AS2016 value /models/a/provider: Expected a provider such as "openai" for "provider", got the text "Open AI".',
      'secrets: [A-B]':
        'AS2017 value /secrets/0: Expected the name of an environment variable such as "CRM_TOKEN" for item 1 of "secrets", got the text "A-B".',
    })
    expect(help('approvals: { expires_after: 1.5 days }')[1]).toEqual({ replaceValueWith: '36h' })
    expect(help('approvals: { expires_after: 10 }')).toEqual([undefined, undefined])
  })

  test('names of a spec are slugs', () => {
    const named = (name: string) =>
      validateSpec({ agentspec: 1, name, agents: {} }, 'root').map(({ code, message, fix }) => [
        code,
        message,
        fix,
      ])
    expect(named('Support Desk!')).toEqual([
      [
        'AS2010',
        'Expected a slug such as "support-desk" for "name", got the text "Support Desk!".',
        { replaceValueWith: 'support-desk' },
      ],
    ])
    expect(named('a-b_c2')).toEqual([])
  })

  test('keys of maps by name are names', () => {
    const value = parse('{ agentspec: 1, name: demo, agents: { a: {}, " b": {}, "": {}, constructor: {} } }')
    Object.defineProperty(value.agents, '__proto__', { value: {}, enumerable: true })
    expect(validateSpec(value, 'root').map(({ code, at, pointer, fix }) => [code, at, pointer, fix])).toEqual(
      [
        ['AS2014', 'key', '/agents/ b', { replaceKeyWith: 'b' }],
        ['AS2014', 'key', '/agents/', undefined],
        ['AS2014', 'key', '/agents/constructor', undefined],
        ['AS2014', 'key', '/agents/__proto__', undefined],
      ],
    )
  })

  test('must not be empty', () => {
    expectFindings({
      'entry: ""': 'AS2019 value /entry: Expected a text for "entry", got an empty one.',
      'approvals: { rules: [{ decide: ask, when: "" }] }':
        'AS2019 value /approvals/rules/0/when: Expected a text for "when", got an empty one.',
    })
  })
})

describe('numbers and lists', () => {
  test('have bounds', () => {
    expectFindings({
      'run: { max_turns: 0 }':
        'AS2018 value /run/max_turns: Expected at least 1 for "max_turns", got the number 0.',
      'defaults: { model_settings: { temperature: 3 } }':
        'AS2018 value /defaults/model_settings/temperature: Expected at most 2 for "temperature", got the number 3.',
      'approvals: { expires_after: -1 }':
        'AS2018 value /approvals/expires_after: Expected at least 0 for "expires_after", got the number -1.',
      'tools: { a: { type: file_search, vector_store_ids: [] } }':
        'AS2020 value /tools/a/vector_store_ids: Expected at least one item in "vector_store_ids", got an empty list.',
    })
  })

  test('an item listed twice is reported at the later place', () => {
    const [finding, ...others] = validateSpec(
      parse('{ agentspec: 1, name: a, agents: {}, secrets: [A, B, A] }'),
      'root',
    )
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      code: 'AS2021',
      message: '"A" is listed twice in "secrets".',
      pointer: '/secrets/2',
      at: 'value',
      related: { pointer: '/secrets/0', at: 'value' },
    })
  })
})

test('all mistakes of a spec are found in one pass', () => {
  expect(
    findings(
      'run: { max_turns: "3", zzzz: 1 }\ntools: { a: { type: shell, cwd: 1 }, b: {} }\nsecrets: [A, A]',
    ).length,
  ).toBe(5)
})
