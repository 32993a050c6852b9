/** Runs in which guardrails had a say, for the tests of documents: by name, how each comes to be. */
import type { Program } from '../../../src/compiler/program.ts'
import type { ScriptStep } from '../../../src/compiler/program-models.ts'
import type { Runtime } from '../../../src/runtime/runtime.ts'
import { agent, compiled, functionTool } from '../../support/program.ts'
import { agentTool, byAgent, byHandler, byRegex, guarded } from '../guardrails/support.ts'

const call = (name: string, args = {}): ScriptStep => ({ tool_calls: [{ name, arguments: args }] })
const bad = byRegex('bad')
const judged = { guardrails: { g: bad, j: byAgent('judge', "output == 'bad'") }, agents: { judge: agent() } }
const scripts = (...main: readonly ScriptStep[]): Record<string, readonly ScriptStep[]> => ({
  main,
  judge: [{ text: 'good' }],
})

const SPECS: Readonly<Record<string, Program>> = {
  'guarded throughout': guarded({
    ...judged,
    scripts: scripts(call('read', { of: 'bad' }), call('read', { of: 'x' }), { text: 'done' }),
    main: { input_guardrails: ['j', 'g'], output_guardrails: ['j'] },
    tools: { read: functionTool('read', { input_guardrails: ['g', 'j'], output_guardrails: ['j'] }) },
  }),
  'tripped by its input': guarded({
    guardrails: { g: byRegex('Go', { run_in_parallel: false }) },
    main: { input_guardrails: ['g'] },
  }),
  'tripped by its answer': guarded({
    guardrails: { g: bad },
    script: [{ text: 'bad' }, { text: 'bad' }],
    main: { output_guardrails: ['g'] },
  }),
  'tripped by the output of a tool that ends it': guarded({
    guardrails: { g: byRegex('value') },
    script: [call('read')],
    main: { output_guardrails: ['g'], tool_use_behavior: 'stop_on_first_tool' },
  }),
  'tripped by arguments': guarded({
    guardrails: { g: { ...bad, behavior: 'raise_exception' } },
    script: [call('read', { of: 'bad' })],
    tools: { read: functionTool('read', { input_guardrails: ['g'] }) },
  }),
  'tripped by a result': guarded({
    guardrails: { g: { ...bad, behavior: 'raise_exception' } },
    script: [call('read', { of: 'bad' })],
    tools: { read: functionTool('read', { output_guardrails: ['g'] }) },
  }),
  'tripped inside': guarded({
    guardrails: { g: bad },
    scripts: {
      main: [call('research', { input: 'x' }), { text: 'done' }],
      researcher: [{ text: 'bad' }, { text: 'bad' }],
    },
    tools: { research: agentTool('research', 'researcher', { output_guardrails: ['g'] }) },
    agents: { researcher: agent() },
  }),
}

interface Made {
  readonly run_id: string
  readonly spec: Program
}

async function started(runtime: Runtime, spec: Program): Promise<Made> {
  return { spec, run_id: (await runtime.start(compiled(spec), 'Go', { session: 'customer' }).result).run_id }
}

const simple = Object.entries(SPECS).map(
  ([name, spec]) => [name, (runtime: Runtime): Promise<Made> => started(runtime, spec)] as const,
)

export const GUARDED_RUNS: Readonly<Record<string, (runtime: Runtime) => Promise<Made>>> = {
  ...Object.fromEntries(simple),
  async 'withheld and asked anew'(runtime) {
    const spec = guarded({ guardrails: { g: byHandler('breaks') }, main: { output_guardrails: ['g'] } })
    const made = await started(runtime, spec)
    await runtime.resume(made.run_id).result
    return made
  },
  async 'guarded before a person'(runtime) {
    const spec = guarded({
      ...judged,
      scripts: scripts(call('write', { n: 1 }), { text: 'done' }),
      main: { input_guardrails: ['g'] },
      tools: { write: functionTool('write', { needs_approval: true, input_guardrails: ['j'] }) },
      approvals: { pre_approval_guardrails: true },
    })
    const made = await started(runtime, spec)
    await runtime.decide(made.run_id, { calls: [], decision: 'approve', by: 'ana' })
    await runtime.resume(made.run_id, { input: 'And this is bad.' }).result
    return made
  },
}
