/** `agentspec schema`: the JSON Schemas of the documents people write and programs read. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { oneOf } from '../flags.ts'
import { packageRoot } from '../package-root.ts'

const FILES = {
  spec: 'agentspec.v1.schema.json',
  state: 'run-state.v1.schema.json',
  event: 'event.v1.schema.json',
  test: 'test.v1.schema.json',
  lock: 'lock.v1.schema.json',
} as const

const KINDS = ['spec', 'state', 'event', 'test', 'lock'] as const

export const defineSchema: DefineCommand = (command, bind) => {
  command
    .description(
      'Prints the JSON Schema of specs, tests, saved runs, events or lock files, for editors and other tools.',
    )
    .argument('[kind]', 'spec (default), state, event, test or lock')
  addExamples(command, [
    ['agentspec schema > agentspec.schema.json', 'for an editor without the package'],
    ['agentspec schema test', 'that of *.test.yaml'],
  ])
  bind(command, schema)
}

const schema: Action = async ({ args, context }) => {
  const kind = oneOf('The schema', args[0] ?? 'spec', KINDS)
  const file = join(packageRoot(), 'schemas', FILES[kind])
  context.stdout.write(readFileSync(file, 'utf8'))
  return EXIT.done
}
