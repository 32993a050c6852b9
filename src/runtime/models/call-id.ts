/** Call ids for models that give none: the same run gives the same ids. */
import type { ModelRequest } from './model.ts'

/**
 * `call_<turn>_<n>`, `n` counted from 1 within the response; in a nested run prefixed by the outer call ids, so that
 * inner and outer calls never share an id.
 */
export function defaultCallId(request: Pick<ModelRequest, 'turn' | 'path'>, n: number): string {
  return [...request.path, `call_${request.turn}_${n}`].join('_')
}
