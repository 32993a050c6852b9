import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import type { FileKind } from '../../src/compiler/validate/validate-spec.ts'
import { validateSpec } from '../../src/compiler/validate/validate-spec.ts'

/** `code part pointer: message`, for each finding, sorted. */
function findings(yaml: string, kind: FileKind = 'root'): readonly string[] {
  return validateSpec(parse(yaml), kind)
    .map(({ code, at, pointer, message }) => `${code} ${at} ${pointer}: ${message}`)
    .sort()
}

/** A spec that is right but for these lines. */
function spec(lines: string): string {
  return `agentspec: 1\nname: demo\nagents: { triage: {} }\n${lines}`
}

/** A spec whose agent is wrong in these keys. */
function agent(keys: string): string {
  return `agentspec: 1\nname: demo\nagents: { triage: { ${keys} } }`
}

function expectFindings(cases: Readonly<Record<string, readonly string[]>>, around = spec): void {
  for (const [yaml, expected] of Object.entries(cases)) expect(findings(around(yaml)), yaml).toEqual(expected)
}

test('a right spec has no findings', () => {
  expect(findings(spec(''))).toEqual([])
})

describe('unknown keys', () => {
  test('are reported at the key, with the nearest known one', () => {
    expectFindings({
      'tolls: {}': ['AS2001 key /tolls: Unknown key "tolls". Did you mean "tools"?'],
      'run: { maxTurns: 3 }': ['AS2001 key /run/maxTurns: Unknown key "maxTurns". Did you mean "max_turns"?'],
      'run: { zzzz: 3 }': ['AS2001 key /run/zzzz: Unknown key "zzzz".'],
      'mcp_servers: { a: { command: x, required_approval: always } }': [
        'AS2001 key /mcp_servers/a/required_approval: Unknown key "required_approval". Did you mean "require_approval"?',
      ],
      'run: { "a/b~c": 1 }': ['AS2001 key /run/a~1b~0c: Unknown key "a/b~c".'],
    })
  })

  test('that belong elsewhere say where, the nearest place first', () => {
    expectFindings({
      'instructions: Help.': [
        'AS2002 key /instructions: "instructions" does not belong at the top level; it goes under "agents.<name>".',
      ],
      'temperature: 1': [
        'AS2002 key /temperature: "temperature" does not belong at the top level; it goes under "defaults.model_settings" or under "agents.<name>.model_settings".',
      ],
      'run: { tokens: 5 }': [
        'AS2002 key /run/tokens: "tokens" does not belong in "run"; it goes under "run.budget".',
      ],
      'tools: { a: { type: function, handler: ./a.ts#b, cwd: . } }': [
        'AS2002 key /tools/a/cwd: "cwd" does not belong in "a"; it goes under "tools.<name>" with "type: shell" or under "mcp_servers.<name>".',
      ],
    })
    expectFindings(
      {
        'temperature: 1': [
          'AS2002 key /agents/triage/temperature: "temperature" does not belong in "triage"; it goes under "agents.<name>.model_settings" or under "defaults.model_settings".',
        ],
        'session: {}': [
          'AS2002 key /agents/triage/session: "session" does not belong in "triage"; it goes at the top level of the spec.',
        ],
      },
      agent,
    )
  })

  test('that are a slip or a part of a known one say that first', () => {
    expectFindings({ 'model: main': ['AS2001 key /model: Unknown key "model". Did you mean "models"?'] })
    expectFindings(
      {
        'tool: [a]': ['AS2001 key /agents/triage/tool: Unknown key "tool". Did you mean "tools"?'],
        'settings: {}': [
          'AS2001 key /agents/triage/settings: Unknown key "settings". Did you mean "model_settings"?',
        ],
      },
      agent,
    )
  })

  test('have a fix only where it cannot do harm', () => {
    const fixes = (yaml: string) => validateSpec(parse(spec(yaml)), 'root').map(({ fix }) => fix)
    expect(fixes('tolls: {}')).toEqual([{ replaceKeyWith: 'tools' }])
    expect(fixes('tolls: {}\ntools: {}')).toEqual([undefined])
    expect(fixes('run: { tokens: 5 }')).toEqual([undefined])
  })

  test('list the known ones when none is near', () => {
    const [finding] = validateSpec(parse(spec('approvals: { zzzz: 1 }')), 'root')
    expect(finding?.hint).toBe(
      'Known keys: "rules", "expires_after", "on_expired", "unattended", "rejection_message", "pre_approval_guardrails", "notify".',
    )
  })

  test('may begin with x- wherever keys are fixed', () => {
    expectFindings({
      'x-a: 1\nrun: { x-b: 2, budget: { x-c: 3 } }\ntools: { a: { type: shell, x-d: 4 } }': [],
      'approvals: { rules: [{ decide: ask, x-a: 1 }], notify: { url: a, x-b: 1 } }': [],
    })
  })
})

describe('missing keys', () => {
  test('are reported at the key of the map that lacks them, each on its own', () => {
    expect(findings('{}')).toEqual([
      'AS2003 parent-key : The key "agents" is missing in the spec.',
      'AS2003 parent-key : The key "agentspec" is missing in the spec.',
      'AS2003 parent-key : The key "name" is missing in the spec.',
    ])
    expectFindings({
      'tools: { a: {} }': ['AS2003 parent-key /tools/a: The key "type" is missing in "a".'],
      'tools: { a: { type: function } }': [
        'AS2003 parent-key /tools/a: The key "handler" is missing in "a".',
      ],
      'approvals: { rules: [{ tool: a }, {}] }': [
        'AS2003 parent-key /approvals/rules/0: The key "decide" is missing in item 1 of "rules".',
        'AS2003 parent-key /approvals/rules/1: The key "decide" is missing in item 2 of "rules".',
      ],
      'models: { a: { provider: openai } }': [
        'AS2003 parent-key /models/a: The key "model" is missing in "a".',
      ],
      'models: { a: { provider: scripted } }': [
        'AS2003 parent-key /models/a: The key "script" is missing in "a".',
      ],
      'models: { a: { script: [] } }': ['AS2003 parent-key /models/a: The key "provider" is missing in "a".'],
      'guardrails: { a: { type: agent } }': [
        'AS2003 parent-key /guardrails/a: The key "agent" is missing in "a".',
        'AS2003 parent-key /guardrails/a: The key "trip_when" is missing in "a".',
      ],
      'tools: { a: { type: custom, handler: ./a.ts#b, format: { type: grammar } } }': [
        'AS2003 parent-key /tools/a/format: The key "definition" is missing in "format".',
        'AS2003 parent-key /tools/a/format: The key "syntax" is missing in "format".',
      ],
    })
    expectFindings(
      {
        'tools: [{ type: shell }]': [
          'AS2003 parent-key /agents/triage/tools/0: The key "name" is missing in item 1 of "tools".',
        ],
        'handoffs: [{ enabled: true }]': [
          'AS2003 parent-key /agents/triage/handoffs/0: The key "agent" is missing in item 1 of "handoffs".',
        ],
      },
      agent,
    )
  })

  test('agents are needed only where nothing is included', () => {
    expect(findings('{ agentspec: 1, name: demo, include: [./a.yaml] }')).toEqual([])
  })

  test('of which one must be there are named together', () => {
    expectFindings({
      'mcp_servers: { a: {} }': [
        'AS2004 parent-key /mcp_servers/a: One of the keys "command", "url" is missing in "a".',
      ],
      'tools: { a: { type: shell, needs_approval: {} } }': [
        'AS2004 parent-key /tools/a/needs_approval: One of the keys "when", "handler" is missing in "needs_approval".',
      ],
      'models: { a: { provider: scripted, script: { b: [{}] } } }': [
        'AS2004 parent-key /models/a/script/b/0: One of the keys "text", "output", "tool_calls", "handoff", "items", "error" is missing in item 1 of "b".',
      ],
    })
  })
})

describe('keys that do not go together', () => {
  test('are reported at the later of the two, and the other is related', () => {
    expectFindings({
      'mcp_servers: { a: { command: x, url: y, headers: {}, args: [], transport: sse } }': [
        'AS2005 key /mcp_servers/a/url: "url" does not go with "command".',
      ],
      'tools: { a: { type: shell, needs_approval: { when: "true", handler: ./a.ts#b } } }': [
        'AS2005 key /tools/a/needs_approval/handler: "handler" does not go with "when".',
      ],
      'models: { a: { provider: scripted, script: [{ text: a, handoff: b }] } }': [
        'AS2005 key /models/a/script/0/handoff: "handoff" does not go with "text".',
      ],
    })
    const [finding] = validateSpec(parse(spec('mcp_servers: { a: { url: y, command: x } }')), 'root')
    expect(finding?.related).toEqual({
      pointer: '/mcp_servers/a/command',
      at: 'key',
      message: '"command" is here',
    })
  })

  test('are told from the kind of the map', () => {
    expectFindings({
      'mcp_servers: { a: { command: x, headers: {} } }': [
        'AS2005 key /mcp_servers/a/headers: "headers" does not go with "command".',
      ],
      'mcp_servers: { a: { url: x, cwd: . } }': [
        'AS2005 key /mcp_servers/a/cwd: "cwd" does not go with "url".',
      ],
      'mcp_servers: { a: { url: x, transport: stdio } }': [
        'AS2005 value /mcp_servers/a/transport: "transport: stdio" does not go with "url".',
      ],
      'mcp_servers: { a: { url: x, tool_filter: { handler: ./a.ts#b, allow: [c] } } }': [
        'AS2005 key /mcp_servers/a/tool_filter/allow: "allow" does not go with "handler".',
      ],
      'models: { a: { provider: openai, model: b, script: [] } }': [
        'AS2005 key /models/a/script: "script" goes only with "provider: scripted".',
      ],
      'models: { a: { provider: scripted, script: [{ text: b, input: c }] } }': [
        'AS2005 key /models/a/script/0/input: "input" goes only with "handoff".',
      ],
      'tools: { a: { type: shell, environment: { type: container_auto, container_id: b } } }': [
        'AS2005 key /tools/a/environment/container_id: "container_id" does not go with "type: container_auto".',
      ],
      'tools: { a: { type: shell, environment: { type: container_reference, container_id: b, file_ids: [c] } } }':
        [
          'AS2005 key /tools/a/environment/file_ids: "file_ids" does not go with "type: container_reference".',
        ],
      'run: { on_error: { max_turns: { handler: ./a.ts#b, include_in_history: true } } }': [
        'AS2005 key /run/on_error/max_turns/include_in_history: "include_in_history" does not go with "handler".',
      ],
    })
  })
})

describe('included files', () => {
  test('have maps, but no name and no settings of the whole', () => {
    expect(findings('{ agentspec: 1, tools: {}, include: [], x-a: 1 }', 'included')).toEqual([])
    expect(findings('{ name: demo, session: {}, agnets: {} }', 'included')).toEqual([
      'AS2001 key /agnets: Unknown key "agnets". Did you mean "agents"?',
      'AS2002 key /name: "name" does not belong in an included file; it goes at the top level of the spec or under "tools.<name>".',
      'AS2002 key /session: "session" does not belong in an included file; it goes at the top level of the spec.',
    ])
    expect(findings('[]', 'included')).toEqual([
      'AS2006 value : Expected a map for the included file, got a list.',
    ])
  })
})
