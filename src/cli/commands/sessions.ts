/** `agentspec sessions`: the conversation histories of a store. */
import type { Command } from 'commander'
import { ConflictFailure, UsageFailure } from '../../runtime/failures.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { CompiledSpec } from '../../runtime/link/compiled-spec.ts'
import type { ListedSession } from '../../runtime/sessions/session-store.ts'
import type { SpecSessions } from '../../runtime/sessions/spec-sessions.ts'
import { suggest } from '../../util/suggest.ts'
import { didYouMean } from '../../spec/did-you-mean.ts'
import { addExamples } from '../command.ts'
import type { Action, Bind, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { plural } from '../report/check-report.ts'
import { countValue } from '../values.ts'
import { conversationLines } from '../render/conversation.ts'
import { compileForRun } from '../runs/compile-for-run.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { ageOf } from '../terminal/age.ts'
import { printableLine } from '../terminal/printable.ts'
import { headedTable } from '../terminal/table.ts'

export const defineSessions: DefineCommand = (command, bind) => {
  command.description('The conversation histories that runs with --session share.')
  addExamples(command, [
    ['agentspec sessions list', 'which there are'],
    ['agentspec sessions show customer-12', 'one conversation'],
    ['agentspec sessions list --spec specs/support.yaml', 'those where session.store of a spec keeps them'],
  ])
  const all = command.command('list', { isDefault: true }).description('Lists sessions, newest first.')
  addExamples(all, [['agentspec sessions list', 'which there are']])
  bind(withSpecOption(all), list)
  onOne(command, bind, ['show', 'Shows one conversation.'], show)
  onOne(command, bind, ['clear', 'Hides every item of a session; it goes on empty.'], clear)
  onOne(command, bind, ['rm', 'Removes a session for good.'], remove)
  defineBranch(command, bind)
}

function defineBranch(parent: Command, bind: Bind): void {
  const branch = parent.command('branch').argument('<session>', 'its id')
  branch
    .description('Starts a new session with the first turns of another one.')
    .requiredOption(
      '--at <n>',
      'the last turn that the two have in common; a turn begins with what a user says',
    )
    .requiredOption('--as <session>', 'the id of the new session')
  addExamples(branch, [['agentspec sessions branch customer-12 --at 3 --as customer-12b', 'after turn 3']])
  bind(withSpecOption(branch), startBranch)
}

function withSpecOption(command: Command): Command {
  return command.option(
    '--spec <file>',
    'the sessions of this spec (session.store); those of the run store when absent',
  )
}

/** The sessions that a command is about. */
interface Place {
  readonly runtime: Runtime
  readonly sessions: SpecSessions
  readonly spec: CompiledSpec | undefined
}

async function withSessions(
  invocation: Invocation,
  use: (place: Place) => Promise<ExitCode>,
): Promise<ExitCode> {
  const file = invocation.flags.text('spec')
  const spec = file === undefined ? undefined : await compileForRun(invocation, file)
  return withExistingRuntime(invocation, async (runtime) => {
    const { store } = runtime
    const beside: SpecSessions = { place: 'run_store', url: store.url, store: store.sessions }
    return use({ runtime, spec, sessions: spec === undefined ? beside : await runtime.sessions(spec) })
  })
}

const startBranch: Action = async (invocation) => {
  const { args, flags, output } = invocation
  const at = countValue('--at', flags.text('at') ?? '', 1)
  const as = flags.text('as') ?? ''
  if (as === '') throw new UsageFailure('invalid_flag', 'A session has an id', 'Give one with --as')
  return withSessions(invocation, async ({ runtime, sessions, spec }) => {
    const { session_id: from } = await findSession(sessions, args[0] ?? '')
    const order = { session_id: from, at, as, ...(spec === undefined ? {} : { spec }) }
    const branch = await runtime.branchSession(order)
    if (output.json) output.printJson(branch)
    else
      output.note(
        `Session ${printableLine(as)} has the first ${plural(branch.items.length, 'item')} of ${from}.`,
      )
    return EXIT.done
  })
}

type SessionAction = (invocation: Invocation, place: Place, session: ListedSession) => Promise<ExitCode>

function onOne(
  parent: Command,
  bind: Bind,
  [name, does]: readonly [string, string],
  action: SessionAction,
): void {
  const command = parent.command(name).description(does).argument('<session>', 'its id')
  addExamples(command, [[`agentspec sessions ${name} customer-12`, does]])
  bind(withSpecOption(command), (invocation) =>
    withSessions(invocation, async (place) =>
      action(invocation, place, await findSession(place.sessions, invocation.args[0] ?? '')),
    ),
  )
}

async function findSession({ url, store }: SpecSessions, id: string): Promise<ListedSession> {
  const sessions = await store.list()
  const found = sessions.find((session) => session.session_id === id)
  if (found !== undefined) return found
  const near = suggest(
    id,
    sessions.map((session) => session.session_id),
  )
  throw new UsageFailure(
    'unknown_session',
    `There is no session "${id}" in ${url}.${didYouMean(near)}`,
    'agentspec sessions list shows them',
  )
}

const list: Action = async (invocation) => {
  const { output } = invocation
  return withSessions(invocation, async ({ sessions: { store } }) => {
    const sessions = await store.list()
    if (output.json) output.printJson({ sessions })
    else if (sessions.length === 0) output.print('There are no sessions.')
    else output.print(sessionTable(invocation, sessions).join('\n'))
    return EXIT.done
  })
}

function sessionTable({ output }: Invocation, sessions: readonly ListedSession[]): readonly string[] {
  const now = new Date()
  const heading = ['SESSION', 'AGENT', 'ITEMS', 'UPDATED'].map(output.out.dim)
  const rows = sessions.map((session) => [
    printableLine(session.session_id),
    session.last_agent === null ? '-' : printableLine(session.last_agent),
    String(session.items),
    `${ageOf(session.updated_at, now)} ago`,
  ])
  return headedTable(heading, rows, output.out.columns)
}

const show: SessionAction = async ({ output }, place, { session_id }) => {
  const { runtime, sessions, spec } = place
  const page = spec === undefined ? runtime.readSession(session_id) : sessions.store.read(session_id)
  const { items, last_agent } = await page
  if (output.json) output.printJson({ session_id, last_agent, items })
  else if (items.length === 0) output.note('The session is empty.')
  else output.print(conversationLines(items, output.out).join('\n'))
  return EXIT.done
}

const clear: SessionAction = async ({ output }, { sessions: { store } }, { session_id }) => {
  await store.clear(session_id)
  return reportEmpty(output, session_id, 'is empty now')
}

const remove: SessionAction = async ({ output }, { runtime, sessions: { store } }, { session_id }) => {
  const runs = await runtime.list({ session_id, status: ['active', 'paused'], limit: 1 })
  const [unfinished] = runs
  if (unfinished !== undefined) {
    throw new ConflictFailure(
      'session_in_use',
      `Run ${unfinished.run_id} in session ${session_id} has not ended`,
      `agentspec cancel ${unfinished.run_id} ends it; agentspec sessions clear hides what was said`,
    )
  }
  await store.remove(session_id)
  return reportEmpty(output, session_id, 'is removed')
}

function reportEmpty(output: Invocation['output'], session_id: string, what: string): ExitCode {
  if (output.json) output.printJson({ session_id, last_agent: null, items: [] })
  else output.note(`Session ${printableLine(session_id)} ${what}.`)
  return EXIT.done
}
