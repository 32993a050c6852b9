/** What a run and the process of an isolated call tell each other. Values travel as JSON text. */
import { isJsonObject } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import type { ModuleSet } from '../modules/module-loader.ts'
import type { ToolContext } from '../tools/tool-context.ts'

/** The part of a context that is data. */
export type ContextData = Omit<ToolContext, 'signal' | 'progress'>

export interface RunOrder {
  readonly type: 'run'
  readonly set: ModuleSet
  readonly reference: string
  /** `null`: only loads the module, to see whether that works. */
  readonly call: { readonly args: JsonObject; readonly ctx: ContextData } | null
}

export type Order = RunOrder | { readonly type: 'abort'; readonly reason: string }

/** How a call ends. `value` and `context` are JSON texts; `null` where there is none. */
export type Ending =
  | { readonly type: 'loaded' }
  | { readonly type: 'returned'; readonly value: string | null; readonly context: string | null }
  | { readonly type: 'threw' | 'unloadable'; readonly message: string }

export type Reply = Ending | { readonly type: 'progress'; readonly text: string }

/** True for what a run sends. */
export function isOrder(message: unknown): message is Order {
  return isJsonObject(message) && (message['type'] === 'run' || message['type'] === 'abort')
}

/** The code of a tool shares the line with us: what is not a reply is none. */
export function isReply(message: unknown): message is Reply {
  if (!isJsonObject(message)) return false
  const isTextOrNull = (key: string): boolean => message[key] === null || typeof message[key] === 'string'
  switch (message['type']) {
    case 'loaded':
      return true
    case 'returned':
      return isTextOrNull('value') && isTextOrNull('context')
    case 'threw':
    case 'unloadable':
      return typeof message['message'] === 'string'
    case 'progress':
      return typeof message['text'] === 'string'
    default:
      return false
  }
}
