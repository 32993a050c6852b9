/** The chat of `dev`: turns on the current version of a spec that is being edited, in one conversation. */
import { reloads } from '../../dev/reloads.ts'
import type { Reload } from '../../dev/reloads.ts'
import { WatchFailure } from '../../dev/watcher.ts'
import { ConflictFailure, RunFailure, StoreFailure, UsageFailure } from '../../runtime/failures.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { specName } from '../render/names.ts'
import { plural } from '../report/check-report.ts'
import { newSession } from '../runs/new-session.ts'
import { reportFailure } from '../report-failure.ts'
import { keptLineReader } from '../line/kept-line-reader.ts'
import type { Driver } from '../runs/driver.ts'
import { variablesFileOf, variablesFor } from '../runs/compile-spec.ts'
import { endsChat, runChatCommand } from './commands.ts'
import type { Desk } from './desk.ts'
import { isUsable, reloadReport } from './reload-report.ts'
import { takeTurn } from './turns.ts'

/** Until Ctrl-D, Ctrl-C twice or /quit. A turn that fails does not end it. */
export async function devChat(driver: Driver, path: string): Promise<ExitCode> {
  const { invocation } = driver
  const stop = new AbortController()
  const desk: Desk = {
    driver,
    path,
    reader: keptLineReader(invocation, path, () => desk.current?.program ?? null),
    current: null,
    used: null,
    session: invocation.flags.text('session') ?? newSession(),
    models: {},
    agent: invocation.flags.text('agent'),
    last: null,
    tokens: 0,
  }
  const first = Promise.withResolvers<void>()
  const following = followSpec(desk, stop.signal, first.resolve)
  try {
    await first.promise
    return await converse(desk)
  } finally {
    stop.abort()
    await following
  }
}

async function converse(desk: Desk): Promise<ExitCode> {
  const { output } = desk.driver.invocation
  for (;;) {
    const input = await desk.reader.read(output.err.bold('› '))
    if (input === null || endsChat(input)) return EXIT.done
    if (input.trim() === '') continue
    try {
      await answer(desk, input)
    } catch (error) {
      if (!isMistake(error)) throw error
      reportFailure({ ...output, json: false }, error)
    }
  }
}

async function answer(desk: Desk, input: string): Promise<void> {
  if (!input.startsWith('/') || input.startsWith('//')) {
    await takeTurn(desk, input.startsWith('//') ? input.slice(1) : input)
    return
  }
  const text = await runChatCommand(desk, input)
  if (text !== '') desk.driver.invocation.output.tell(text)
}

/** What the person can mend, here or in the spec, and go on. */
function isMistake(error: unknown): boolean {
  return (
    error instanceof UsageFailure ||
    error instanceof ConflictFailure ||
    error instanceof RunFailure ||
    error instanceof StoreFailure
  )
}

/** Swaps versions as they come. `ready` is called once the first one is known, or cannot be. Never rejects for a mistake. */
async function followSpec(desk: Desk, signal: AbortSignal, ready: () => void): Promise<void> {
  const { invocation, runtime } = desk.driver
  const options = {
    signal,
    isUsable,
    environment: (observe: Parameters<Parameters<typeof reloads>[1]['environment']>[0]) =>
      observe(variablesFileOf(invocation, desk.path), () => variablesFor(invocation, desk.path)),
  }
  try {
    for await (const reload of reloads(desk.path, options)) {
      if (reload.result.ok && isUsable(reload.result)) desk.current = reload.result
      desk.reader.tell(
        isFirst(reload) ? welcome(desk, reload) : await reloadReport(invocation, runtime, desk.path, reload),
      )
      if (isFirst(reload) && desk.current === null)
        desk.reader.tell(await reloadReport(invocation, runtime, desk.path, reload))
      ready()
    }
  } catch (error) {
    if (!(error instanceof WatchFailure)) throw error
    desk.reader.tell(
      `${invocation.output.err.yellow('warning:')} the files cannot be watched any more: ${error.message}`,
    )
  } finally {
    ready()
  }
}

function isFirst({ changed, before }: Reload): boolean {
  return changed.length === 0 && before === null
}

function welcome({ current, driver, session, path }: Desk, { watched }: Reload): string {
  const name = current === null ? path : specName(current.program)
  const text = `${name} · session ${session} · watching ${plural(watched, 'file')} · /help, Ctrl-D ends`
  return driver.invocation.output.err.dim(text)
}
