/** Which model an agent uses under the options of a run. */
import type { Program } from '../../compiler/program.ts'
import type { ModelDefinition } from '../../compiler/program-models.ts'
import { parseModelReference } from '../models/model-reference.ts'
import type { RunOptions } from '../state/events.ts'
import { agentOf } from '../tools/resolve-call.ts'

/** A flag for this agent, a flag for all, or what the spec says. */
export function selectModel(program: Program, agent: string, options: RunOptions): string {
  return options.agent_models?.[agent] ?? options.model ?? agentOf(program, agent).model
}

/** @throws UsageFailure `invalid_model` for a text that names no model. */
export function modelDefinition(program: Program, name: string): ModelDefinition {
  return program.models[name] ?? parseModelReference(name)
}

/** The model an agent uses and its fallbacks, by name. Fails as `modelDefinition` does. */
export function modelsOf(program: Program, agent: string, options: RunOptions): readonly string[] {
  const name = selectModel(program, agent, options)
  return [name, ...modelDefinition(program, name).fallback]
}
