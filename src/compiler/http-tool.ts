/** The keys that an HTTP tool has in a Program besides those of every tool. */
import type { Json, JsonObject } from '../util/json.ts'

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

/** `url`, and the strings of `query`, `headers` and `body`, are Liquid over `args` and `context`. */
export interface HttpToolKeys {
  readonly type: 'http'
  readonly method: HttpMethod
  readonly url: string
  readonly query: Readonly<Record<string, string | number | boolean>>
  readonly headers: Readonly<Record<string, string>>
  /** A text as it is, or a structure that is sent as JSON. */
  readonly body?: string | JsonObject | readonly Json[]
  readonly parameters: JsonObject | boolean
  readonly strict: boolean
  readonly allow_private_addresses: boolean
  /** Of the body, once it is decompressed. */
  readonly max_response_bytes: number
  /** Where the requests go once `${VAR}` are resolved: only a linked Program has it, and it is never hashed into a spec. */
  readonly origin?: string
}
