/** `agentspec tools SPEC`: what each agent would see, from where, and what asks a person first. */
import type { ListedTool } from '../../runtime/operations/list-agent-tools.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { Theme } from '../terminal/theme.ts'
import { compileForRun } from '../runs/compile-for-run.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { printableLine } from '../terminal/printable.ts'
import { tableLines } from '../terminal/table.ts'

export const defineTools: DefineCommand = (command, bind) => {
  command
    .description("Connects to the MCP servers of a spec, and lists every agent's tools and what gates them.")
    .argument('<spec>', 'the spec whose tools to list')
  addExamples(command, [
    ['agentspec tools specs/support.yaml', 'what each agent would see'],
    ['agentspec tools specs/support.yaml --json', 'the same for programs'],
  ])
  bind(command, tools)
}

const tools: Action = async (invocation) => {
  const { args, output } = invocation
  const [path = ''] = args
  const compiled = await compileForRun(invocation, path)
  const agents = await withExistingRuntime(invocation, (runtime) => runtime.tools(compiled))
  if (output.json) {
    output.printJson({ agents })
    return EXIT.done
  }
  for (const [agent, listed] of Object.entries(agents)) {
    output.print(output.out.bold(printableLine(agent)))
    output.print(
      listed.length === 0
        ? '  no tools'
        : tableLines(
            listed.map((one) => row(one, output.out)),
            output.out.columns,
          ).join('\n'),
    )
  }
  return EXIT.done
}

const DRIFT = { added: 'not in the lock file', changed: 'changed since it was locked' } as const

function row({ name, kind, server, rule, drift }: ListedTool, theme: Theme): readonly string[] {
  const origin = server === null ? kind : `${kind} ${server}`
  return [
    `  ${printableLine(name)}`,
    printableLine(origin),
    rule === null ? '' : printableLine(rule.reason),
    drift === undefined ? '' : theme.yellow(DRIFT[drift]),
  ]
}
