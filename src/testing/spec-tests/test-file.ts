/** A test file as it is written (LANGUAGE, Test files), once it is known to fit its schema. */
import type { ScriptStepSpec } from '../../spec/spec-types.generated.ts'
import type { Json, JsonObject } from '../../util/json.ts'

/** A text, or items of the Responses API. */
export type TestInput = string | readonly JsonObject[]

export type Script = readonly ScriptStepSpec[] | Readonly<Record<string, readonly ScriptStepSpec[]>>

export interface TestFile {
  /** Relative to the test file. */
  readonly spec: string
  readonly tests?: readonly RunTest[]
  readonly policies?: readonly PolicyTest[]
  readonly diagnostics?: readonly ExpectedDiagnostic[]
}

export interface RunTest {
  readonly name: string
  readonly input?: TestInput
  readonly inputs?: readonly TestInput[]
  readonly agent?: string
  readonly session?: string
  readonly context?: JsonObject
  /** `null` takes a variable away. */
  readonly env?: Readonly<Record<string, string | null>>
  readonly model?: Script
  /** A cassette, relative to the test file. */
  readonly replay?: string
  readonly tools?: Readonly<Record<string, Stub>>
  readonly steps?: readonly TestStep[]
}

/** Exactly one key is there. */
export interface Stub {
  readonly returns?: Json
  readonly throws?: string
  /** `./file.ts#export`, relative to the test file. */
  readonly handler?: string
}

/** Exactly one key is there. */
export interface TestStep {
  readonly expect?: JsonObject
  readonly approve?: DecisionStep
  readonly reject?: DecisionStep
  readonly input?: TestInput
  readonly resume?: true | ResumeStep
}

export interface DecisionStep {
  readonly call?: string
  readonly args?: JsonObject
  readonly result?: Json
  readonly message?: string
  readonly always?: boolean
}

export interface ResumeStep {
  readonly input?: TestInput
  readonly max_turns?: number
  readonly context?: JsonObject
}

export type PolicyDecision = 'ask' | 'allow' | 'deny'

export interface PolicyTest {
  readonly agent?: string
  readonly tool: string
  readonly args?: JsonObject
  readonly context?: JsonObject
  readonly expect: PolicyDecision
}

export type ExpectedDiagnostic =
  | string
  | { readonly code: string; readonly line?: number; readonly file?: string }
