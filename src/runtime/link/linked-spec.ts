/** What the run loop needs of one spec: the linked Program, and how to evaluate, render, load, call and validate for it. */
import type { Json, JsonObject } from '../../util/json.ts'
import type { SchemaIssue } from '../../compiler/json-schema/schema-issue.ts'
import type { Program } from '../../compiler/program.ts'
import type { ModelDefinition } from '../../compiler/program-models.ts'
import type { Model } from '../models/model.ts'
import type { Redactor } from '../redaction/redactor.ts'
import type { ConnectServer } from '../mcp/connection-keeper.ts'
import type { ConnectionOrder } from '../mcp/live-connection.ts'
import type { ServerConnection } from '../mcp/server-connection.ts'
import type { IsolatedHandler } from '../isolation/isolated-handlers.ts'
import type { HttpRequest, RequestScope } from '../tools/http/render-request.ts'
import type { RunOptions, SpecReference } from '../state/events.ts'
import type { ToolDouble } from './doubles.ts'
import type { OfferedFunctions } from './offered-functions.ts'

export interface LinkedModel {
  readonly model: Model
  readonly definition: ModelDefinition
}

/** What an expression is about: it decides which variables there are, and their types. */
export type ExpressionPlace =
  /** A call of the tool with this key: `args`, `context`, `agent`, `tool`, `call_id`, `session_id`. */
  | { readonly about: 'call'; readonly key: string }
  /** What a turn offers: `context`, `agent`, `tool`, `session_id`. */
  | { readonly about: 'turn' }
  /** What this guardrail looks at: `input`, `output`, `args`, `context`, `agent`, `tool`. */
  | { readonly about: 'guardrail'; readonly guardrail: string }

/** A regular expression that takes linear time. */
export interface Pattern {
  /** Whether any part of the text matches. */
  test(text: string): boolean
}

export type Handler = (...args: readonly unknown[]) => unknown

export interface LinkedSpec extends OfferedFunctions {
  readonly reference: SpecReference
  /** With `${VAR}` resolved. Never persisted, never hashed: it may hold secrets. */
  readonly program: Program
  readonly redactor: Redactor
  /** A context as code of the spec sees it: with the sensitive values that are known of the run. */
  readonly reveal: (context: JsonObject) => JsonObject
  /** A context as it may surface: with markers in place of its sensitive values, which are known from then on. */
  readonly hide: (context: JsonObject) => JsonObject
  /** The environment of the run, secrets included: nothing of it is journaled or shown. */
  readonly variables: Readonly<Record<string, string>>
  /** The folder of the spec. */
  readonly folder: string
  /** A connection to a server of this spec: one that is kept and nobody uses, or what `connect` makes. */
  serverConnection(order: ConnectionOrder, connect: ConnectServer): ServerConnection
  /** The model an agent uses, under the options of a run, and its fallbacks in order, ready to be asked. */
  models(agent: string, options: RunOptions): Promise<readonly LinkedModel[]>
  /** The rendered instructions of an agent whose instructions are a text; `null` without any. */
  instructions(agent: string, context: JsonObject, now: Date): Promise<string | null>
  /** A CEL condition. Throws when it cannot be evaluated. */
  condition(expression: string, place: ExpressionPlace, scope: JsonObject): Promise<boolean>
  /** A CEL expression that gives a value. Throws when it cannot be evaluated. */
  value(expression: string, place: ExpressionPlace, scope: JsonObject): Promise<Json>
  /** A regular expression in RE2 syntax, prepared once. Throws when it is none. */
  pattern(pattern: string): Promise<Pattern>
  /** What is called instead of the body of the tool with this key; `undefined`: its own body. */
  double(key: string): ToolDouble | undefined
  /** A function of a tool module, loaded from the Program's bytes. */
  handler(reference: string): Promise<Handler>
  /** The same, but each call of it runs in a process of its own. */
  isolatedHandler(reference: string): Promise<IsolatedHandler>
  /** The request of one call of the HTTP tool with this key. Throws when the values make none. */
  request(key: string, scope: RequestScope): Promise<HttpRequest>
  /** A template of `failure_error_function`. */
  renderMessage(template: string, scope: JsonObject): Promise<string>
  /** What is wrong with a value; empty when it fits. */
  validate(schema: JsonObject | boolean, value: Json): Promise<readonly SchemaIssue[]>
}
