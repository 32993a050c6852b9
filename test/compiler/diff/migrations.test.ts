/** What the migrations of a newer spec make of its changes. */
import { describe, test } from 'vitest'
import { expectChanges, schema, spec } from './support.ts'

interface Row {
  readonly name: string
  readonly before: string
  readonly after: string
  readonly changes: readonly string[]
}

const code = '=== t.ts\nexport const pay = () => 1\n'

describe('migrations', () => {
  const tools = (name: string, keys = ''): string =>
    `tools: { ${name}: { type: function, handler: "./t.ts#pay", needs_approval: true${keys} } }\n${code}`

  test.for<Row>([
    {
      name: 'rename agents and tools',
      before: spec(
        `entry: main\nagents: { main: { handoffs: [a] }, a: { tools: [pay] } }\napprovals: { rules: [{ agent: a, tool: pay, decide: ask }] }\n${tools('pay')}`,
      ),
      after: spec(
        `entry: main\nagents: { main: { handoffs: [b] }, b: { tools: [give] } }\napprovals: { rules: [{ agent: b, tool: give, decide: ask }] }\n` +
          `migrations: [{ from: "<1.0.0", rename_agents: { a: c } }, { from: "<2.0.0", rename_agents: { c: b }, rename_tools: { pay: give } }]\n${tools('give')}`,
        'version: 2.0.0\n',
      ),
      changes: [
        'needs_reapproval /agents/b agent b: renamed from a by a migration',
        'needs_reapproval /tools/give tool give: renamed from pay by a migration',
        'compatible /migrations migrations changed',
        'cosmetic /version version is now "2.0.0", was "0.0.0"',
      ],
    },
    {
      name: 'of other versions do not count',
      before: spec(`agents: { main: { tools: [pay] } }\n${tools('pay')}`, 'version: 3.0.0\n'),
      after: spec(
        `agents: { main: { tools: [give] } }\nmigrations: [{ from: "<3.0.0", rename_tools: { pay: give } }]\n${tools('give')}`,
        'version: 3.0.0\n',
      ),
      changes: [
        'breaking /tools/pay tool pay: removed; give is the same, and a migration can say so (rename_tools)',
        'behavioural /agents/main/tools/0 agent main: now has tool give',
        'compatible /tools/give tool give: added',
        'compatible /migrations migrations changed',
      ],
    },
    {
      name: 'map arguments, and drop calls',
      before: spec(
        `agents: { main: { tools: [pay, old] } }\ntools:\n  pay: { type: function, handler: "./t.ts#pay", needs_approval: true, parameters: ${schema('{ a: {} }')} }\n` +
          `  old: { type: function, handler: "./t.ts#pay", needs_approval: true }\n${code}`,
      ),
      after: spec(
        `agents: { main: { tools: [pay] } }\nmigrations: [{ from: "*", map_arguments: { pay: { b: args.a } }, drop_pending: [old] }]\n` +
          `tools:\n  pay: { type: function, handler: "./t.ts#pay", needs_approval: true, parameters: ${schema('{ b: {} }')} }\n${code}`,
      ),
      changes: [
        'needs_reapproval /tools/pay/parameters tool pay: parameters.a is no longer allowed',
        'behavioural /tools/old tool old: removed; a migration drops its pending calls',
        'compatible /migrations migrations changed',
      ],
    },
  ])('$name', ({ before, after, changes }) => expectChanges(before, after, changes))
})
