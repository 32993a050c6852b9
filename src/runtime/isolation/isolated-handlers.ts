/** The functions of a spec's modules, each call of them in a process of its own. */
import { moduleClosure } from '../../compiler/module-closure.ts'
import { isJsonObject, parseJson } from '../../util/json.ts'
import type { JsonObject } from '../../util/json.ts'
import { messageOf } from '../../util/message-of.ts'
import { RunFailure } from '../failures.ts'
import type { ModuleSet } from '../modules/module-loader.ts'
import type { ToolContext } from '../tools/tool-context.ts'
import type { RunOrder } from './messages.ts'

/** Like the function itself: what it changes in `ctx.context` is there once it returns. */
export type IsolatedHandler = (args: JsonObject, ctx: ToolContext) => Promise<unknown>

/** Milliseconds for a module to load, before any call. */
const LOAD_TIMEOUT = 30_000

/**
 * Gives the isolated form of a function, once its module was seen to load; that is tried once for each function.
 *
 * @throws RunFailure `module_load_failed`, from the returned function and from its calls.
 */
export function createIsolatedHandlers(set: ModuleSet): (reference: string) => Promise<IsolatedHandler> {
  const loading = new Map<string, Promise<void>>()
  const ensureLoads = (order: RunOrder): Promise<void> => {
    const known = loading.get(order.reference)
    if (known !== undefined) return known
    const trial = tryLoading(order)
    loading.set(order.reference, trial)
    trial.catch(() => loading.delete(order.reference))
    return trial
  }
  return async (reference) => {
    const order: RunOrder = {
      type: 'run',
      set: { ...set, modules: Object.fromEntries(moduleClosure(set, reference)) },
      reference,
      call: null,
    }
    await ensureLoads(order)
    return (args, ctx) => call(order, args, ctx)
  }
}

async function tryLoading(order: RunOrder): Promise<void> {
  const { runToolProcess } = await import('./tool-process.ts')
  const signal = AbortSignal.timeout(LOAD_TIMEOUT)
  try {
    const ending = await runToolProcess(order, { signal, progress: () => {} })
    if ('message' in ending) throw loadFailure(ending.message)
  } catch (error) {
    if (error instanceof RunFailure) throw error
    const why = signal.aborted ? `it takes longer than ${LOAD_TIMEOUT / 1000} s` : messageOf(error)
    throw loadFailure(`The module of ${order.reference} cannot be loaded: ${why}`)
  }
}

function loadFailure(message: string): RunFailure {
  return new RunFailure({ code: 'module_load_failed', message })
}

async function call(order: RunOrder, args: JsonObject, ctx: ToolContext): Promise<unknown> {
  const { runToolProcess } = await import('./tool-process.ts')
  const { signal, progress, ...data } = ctx
  const ending = await runToolProcess({ ...order, call: { args, ctx: data } }, { signal, progress })
  switch (ending.type) {
    case 'unloadable':
      throw loadFailure(ending.message)
    case 'threw':
      throw new Error(ending.message)
    case 'returned': {
      const context = parseJson(ending.context ?? 'null')
      if (!isJsonObject(context))
        throw new TypeError('the tool replaced ctx.context by something that is not an object')
      ctx.context = context
      return ending.value === null ? undefined : parseJson(ending.value)
    }
    default:
      throw new Error(`its worker did not call ${order.reference}`)
  }
}
