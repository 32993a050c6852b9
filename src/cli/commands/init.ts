/** `agentspec init`: a small working spec to begin with. */
import { basename, join, resolve } from 'node:path'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { schemaPath } from '../init/schema-paths.ts'
import { templateFiles } from '../init/templates.ts'
import { writeNewFiles } from '../init/write-new-files.ts'
import { packageRoot } from '../package-root.ts'
import { shellWord } from '../runs/open-runtime.ts'

export const defineInit: DefineCommand = (command, bind) => {
  command
    .description(
      'Writes a small spec that runs offline, with a tool, an approval and a test. Overwrites nothing.',
    )
    .argument('[dir]', 'where to, created when it does not exist (default: here)')
  addExamples(command, [['agentspec init my-agent', 'a spec in a folder of its own']])
  bind(command, init)
}

const init: Action = async ({ args, context, output }) => {
  const [dir = '.'] = args
  const folder = resolve(context.cwd, dir)
  const files = templateFiles({
    name: nameFor(folder),
    specSchema: schemaPath('agentspec.v1.schema.json', folder, packageRoot()),
    testSchema: schemaPath('test.v1.schema.json', folder, packageRoot()),
  })
  const shown = (name: string): string => join(dir, name)
  await writeNewFiles(folder, files, shown)
  const names = [...files.keys()].map(shown)
  if (output.json) output.printJson({ files: names })
  else output.print([`Wrote ${names.join(', ')}.`, '', 'Next:', ...nextSteps(dir)].join('\n'))
  return EXIT.done
}

function nextSteps(dir: string): readonly string[] {
  const steps = [
    ...(resolve(dir) === resolve('.') ? [] : [`cd ${shellWord(dir)}`]),
    'agentspec check agent.yaml',
    'agentspec test',
    'agentspec run agent.yaml "Pay invoice 42"',
  ]
  return steps.map((step) => `  ${step}`)
}

/** The folder's name as the name of a spec: lower-case letters and digits, in words joined by `-`. */
function nameFor(folder: string): string {
  const letters = basename(folder).normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase()
  return letters.replaceAll(/[^a-z0-9]+/g, '-').replaceAll(/^-|-$/g, '') || 'my-agent'
}
