/** What a spec asks of its sessions can be done where it keeps them. */
import { valueAt } from '../../spec/document.ts'
import { isJsonObject } from '../../util/json.ts'
import type { Json } from '../../util/json.ts'
import type { RuleContext } from './rule-context.ts'

/** A database of SQLite or PostgreSQL may be that of the runs: only a run knows. */
export function sessionStore(context: RuleContext): void {
  const session = valueAt(context.document.value, ['session'])
  if (!isJsonObject(session)) return
  const report = (key: string, detail: string): void =>
    context.report('AS4023', { detail }, { path: ['session', key], part: 'key' })
  if (session['compaction'] !== undefined && isElsewhere(session['store']))
    report('compaction', '"compaction" needs the session beside the runs, and "store" names another place')
  if (session['encryption'] !== undefined && session['store'] === 'openai_conversations')
    report('encryption', '"encryption" cannot hide what OpenAI keeps, and "store" is "openai_conversations"')
}

/** Surely not in the database of the runs. */
function isElsewhere(store: Json | undefined): boolean {
  if (isJsonObject(store)) return true
  return typeof store === 'string' && (store === 'openai_conversations' || /^rediss?:/i.test(store))
}
