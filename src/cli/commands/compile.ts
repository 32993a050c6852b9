/** `agentspec compile`: what a spec means, as data. */
import { writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { canonicalJson } from '../../util/canonical-json.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { WorkFailure } from '../failures.ts'
import { compileValid } from '../runs/compile-spec.ts'

export const defineCompile: DefineCommand = (command, bind) => {
  command
    .description('Prints the Program a spec compiles to: everything it means, with every default filled in.')
    .argument('<spec>', 'the spec to compile')
    .option('--canonical', 'the exact bytes that are hashed (RFC 8785), without a line feed at the end')
    .option('--hash', 'the hash alone')
    .option('--out <file>', 'write to a file')
  addExamples(command, [
    ['agentspec compile specs/support.yaml', 'readable JSON'],
    ['agentspec compile specs/support.yaml --hash', 'its identity'],
  ])
  bind(command, compile)
}

const compile: Action = async (invocation) => {
  const { args, flags, output, context } = invocation
  const [path = ''] = args
  if (flags.has('canonical') && flags.has('hash')) {
    throw new UsageFailure('invalid_flag', '--canonical and --hash contradict each other', 'Leave one out')
  }
  const { program, hash } = await compileValid(invocation, path)
  const content = flags.has('hash')
    ? `${hash}\n`
    : flags.has('canonical')
      ? canonicalJson(program)
      : `${JSON.stringify(program, null, 2)}\n`
  const file = flags.text('out')
  if (file !== undefined) {
    await write(resolve(context.cwd, file), content)
    if (output.json) output.printJson({ hash, file })
    else output.note(`${file} is written`)
  } else if (output.json && flags.has('hash')) output.printJson({ hash })
  else context.stdout.write(content)
  return EXIT.done
}

async function write(file: string, content: string): Promise<void> {
  try {
    await writeFile(file, content)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new WorkFailure('write_failed', `${file} cannot be written: ${reason}`)
  }
}
