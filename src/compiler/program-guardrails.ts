/** The guardrails of a Program. */

/** A check of input, output, arguments or results. What cannot be judged counts as a failure, never as passed. */
export type GuardrailDefinition =
  | HandlerGuardrailDefinition
  | RegexGuardrailDefinition
  | CelGuardrailDefinition
  | AgentGuardrailDefinition

interface CommonGuardrailDefinition {
  /** Of input guardrails: the model may start meanwhile. */
  readonly run_in_parallel: boolean
  /** Of tool guardrails: the model is given a text instead, or the run fails. */
  readonly behavior: 'reject_content' | 'raise_exception'
  /** What is said about content that trips; a handler may say it better. */
  readonly message?: string
}

export interface HandlerGuardrailDefinition extends CommonGuardrailDefinition {
  readonly type: 'handler'
  readonly handler: string
}

export interface RegexGuardrailDefinition extends CommonGuardrailDefinition {
  readonly type: 'regex'
  /** RE2 syntax; it may match any part of the text. */
  readonly pattern: string
  /** Which text trips. */
  readonly block: 'matches' | 'others'
}

export interface CelGuardrailDefinition extends CommonGuardrailDefinition {
  readonly type: 'cel'
  readonly when: string
}

export interface AgentGuardrailDefinition extends CommonGuardrailDefinition {
  readonly type: 'agent'
  readonly agent: string
  /** CEL over `output`, what that agent answered. */
  readonly trip_when: string
}
