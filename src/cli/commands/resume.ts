/** `agentspec resume`: goes on with a run that rests. */
import { Option } from 'commander'
import { UsageFailure } from '../../runtime/failures.ts'
import type { ResumeOptions, Runtime } from '../../runtime/runtime.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand } from '../command.ts'
import type { ExitCode } from '../exit-codes.ts'
import { chosenSpec, explainingDrift } from '../runs/chosen-spec.ts'
import { commandTracing } from '../runs/command-tracing.ts'
import { attachOption, readAttachments, withAttachments } from '../runs/attachments.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { resumeAndShow } from '../runs/resume-and-show.ts'
import { addRunFlags, readRunSettings } from '../runs/run-settings.ts'

export const defineResume: DefineCommand = (command, bind) => {
  command
    .description('Goes on with a paused, interrupted or failed run, on exactly the spec it is pinned to.')
    .argument('<run>', 'its id, the beginning of one, or "latest" (also -1)')
    .addOption(
      new Option(
        '--spec <which>',
        'pinned: as it is archived; latest: its file as it is now; or another file, or the hash of an archived spec',
      ).default('pinned'),
    )
    .option('--input <text>', 'something to tell the agent first')
    .addOption(attachOption())
  addRunFlags(command)
  addExamples(command, [
    ['agentspec resume latest', 'the run started last'],
    ['agentspec resume run_01j --max-turns 40', 'after it ran out of turns'],
    ['agentspec resume latest --spec latest', 'on the spec as it is now, if the difference allows it'],
  ])
  bind(command, resume, { streamsEvents: true })
}

const resume: Action = async (invocation) => {
  const { args, flags } = invocation
  const settings = await readRunSettings(invocation)
  const input = flags.text('input')
  const attached = await readAttachments(flags.texts('attach'), invocation.context.cwd)
  if (input === undefined && attached.length > 0)
    throw new UsageFailure('no_input', '--attach goes with an input', 'Say something about it with --input')
  const options: ResumeOptions = {
    ...settings.options,
    ...(input === undefined ? {} : { input: withAttachments(input, attached) }),
  }
  const goOn = async (runtime: Runtime): Promise<ExitCode> => {
    const runId = await runtime.findRun(args[0] ?? '')
    const spec = await chosenSpec(invocation, runtime, runId, flags.text('spec') ?? 'pinned')
    if (spec === null) return resumeAndShow(runtime, invocation, settings, { runId, options })
    const onSpec = { runId, options: { ...options, spec: spec.compiled } }
    return explainingDrift(runtime, spec, () => resumeAndShow(runtime, invocation, settings, onSpec))
  }
  return withExistingRuntime(invocation, goOn, commandTracing(invocation))
}
