/** Where in a spec the reason is that a request is not what was recorded. */
import type { Program } from '../../compiler/program.ts'
import { toPointer } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import type { Json, JsonObject } from '../../util/json.ts'
import type { Divergence } from './replay-model.ts'

/** A pointer into the spec; `undefined` when it is the input that is different. */
export function divergencePointer(program: Program, { request, path }: Divergence): string | undefined {
  const agent = typeof request['agent'] === 'string' ? request['agent'] : program.entry
  const own = (key: string): string => toPointer(['agents', agent, key])
  const [key, index] = path
  switch (key) {
    case 'instructions':
    case 'output':
      return own(key)
    case 'settings':
      return own('model_settings')
    case 'functions':
    case 'tools': {
      const entry = entryAt(request[key], index)
      const name = isJsonObject(entry) ? entry['name'] : entry
      return toolPointer(program, name) ?? own('tools')
    }
    case 'items':
      return itemPointer(program, request, index)
    default:
      return toPointer(['agents', agent])
  }
}

/** What a tool gave is the tool's. */
function itemPointer(
  program: Program,
  request: JsonObject,
  index: Divergence['path'][number] | undefined,
): string | undefined {
  const item = entryAt(request['items'], index)
  if (!isJsonObject(item) || item['type'] !== 'function_call_output') return undefined
  const items = request['items']
  const call = isJsonArray(items)
    ? items.find(
        (one) => isJsonObject(one) && one['type'] === 'function_call' && one['call_id'] === item['call_id'],
      )
    : undefined
  return isJsonObject(call) ? toolPointer(program, call['name']) : undefined
}

function toolPointer(program: Program, name: Json | undefined): string | undefined {
  const found = Object.entries(program.tools).find(([, tool]) => tool.name === name)
  return found === undefined ? undefined : toPointer(['tools', found[0]])
}

function entryAt(list: Json | undefined, index: Divergence['path'][number] | undefined): Json | undefined {
  return isJsonArray(list) && index !== undefined ? list[Number(index)] : undefined
}
