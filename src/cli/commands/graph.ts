/** `agentspec graph`: a picture of a spec. */
import { graphOf } from '../../compiler/graph/graph.ts'
import type { Graph } from '../../compiler/graph/graph.ts'
import { toDot } from '../../compiler/graph/dot.ts'
import { toMermaid } from '../../compiler/graph/mermaid.ts'
import { toSvg } from '../../compiler/graph/svg/to-svg.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'
import { compileValid } from '../runs/compile-spec.ts'

type Format = 'mermaid' | 'dot' | 'svg'

const RENDERERS: Readonly<Record<Format, (graph: Graph) => string>> = {
  mermaid: toMermaid,
  dot: toDot,
  svg: toSvg,
}

const FORMATS = ['mermaid', 'dot', 'svg'] as const

export const defineGraph: DefineCommand = (command, bind) => {
  command
    .description(
      'Draws the agents of a spec, their tools and MCP servers, handoffs, and what asks a person first.',
    )
    .argument('<spec>', 'the spec to draw')
    .option('--format <format>', 'mermaid (the default), dot or svg')
  addExamples(command, [
    ['agentspec graph specs/support.yaml', 'a Mermaid flowchart, for Markdown'],
    ['agentspec graph specs/support.yaml --format svg > support.svg', 'a picture, light and dark'],
  ])
  bind(command, graph)
}

const graph: Action = async (invocation) => {
  const { args, flags, output, context } = invocation
  const [path = ''] = args
  const format = oneOf('--format', flags.text('format') ?? 'mermaid', FORMATS)
  const { program } = await compileValid(invocation, path)
  const text = RENDERERS[format](graphOf(program))
  if (output.json) output.printJson({ format, text })
  else context.stdout.write(text)
  return EXIT.done
}
