/** `agentspec state`: a run as one portable document. */
import { UsageFailure } from '../../runtime/failures.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import { parseStrictJson } from '../../util/strict-json.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { readAll } from '../runs/inputs.ts'
import { followUp, withExistingRuntime, withRuntime } from '../runs/open-runtime.ts'
import { readTextFile } from '../values.ts'

export const defineState: DefineCommand = (command, bind) => {
  command.description('Moves a run between stores as one document.')
  addExamples(command, [
    ['agentspec state export latest --bundle > run.json', 'a run with its spec and session'],
    ['agentspec state import run.json', 'on the other machine'],
  ])
  const exporting = command
    .command('export')
    .description('Prints a run as one document: its journal, sealed when AGENTSPEC_STATE_KEY is set.')
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
    .option('--bundle', 'with its spec and session')
    .option('--move', 'end the run here: it goes on where the document is imported')
  addExamples(exporting, [
    ['agentspec state export latest --bundle > run.json', 'everything a machine without it needs'],
    ['agentspec state export latest --bundle --move > run.json', 'so that it runs only there'],
  ])
  bind(exporting, exportState)
  const importing = command
    .command('import')
    .description('Reads a run from a document; "-" reads stdin.')
    .argument('<file>', 'the document')
    .option('--trust-spec', 'take the spec of an unsealed document, too')
  addExamples(importing, [['agentspec state import run.json', 'a document of "state export"']])
  bind(importing, importState)
}

const exportState: Action = async (invocation) => {
  const { args, flags, context, output } = invocation
  const [bundle, move] = [flags.has('bundle'), flags.has('move')]
  return withExistingRuntime(invocation, async (runtime) => {
    const runId = await runtime.findRun(args[0] ?? '')
    const document = await runtime.exportState(runId, { bundle, move })
    context.stdout.write(`${JSON.stringify(document)}\n`)
    if (move) output.note(`${runId} has ended here; "agentspec state import" goes on with it`)
    return EXIT.done
  })
}

const importState: Action = async (invocation) => {
  const { args, flags, context, output } = invocation
  const [file = ''] = args
  const text = file === '-' ? await readAll(context.stdin) : await readTextFile(file, context.cwd)
  const document = parseDocument(file, text)
  return withRuntime(invocation, async (runtime) => {
    const { run_id, status } = await runtime.importState(document, { trustSpec: flags.has('trustSpec') })
    if (output.json) output.printJson({ run_id, status })
    else {
      output.print(`${run_id} ${status}`)
      output.note(`${followUp(invocation, `show ${run_id}`)} shows it`)
    }
    return EXIT.done
  })
}

function parseDocument(file: string, text: string): Json {
  const parsed = parseStrictJson(text)
  if (!parsed.ok) throw new UsageFailure('invalid_document', `${file} is not valid JSON: ${parsed.problem}`)
  if (isJsonObject(parsed.value)) return parsed.value
  throw new UsageFailure('invalid_document', `${file} is not a document of "agentspec state export"`)
}
