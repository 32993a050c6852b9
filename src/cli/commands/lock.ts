/** `agentspec lock`: pins the tools of a spec's MCP servers in a file beside it, or says how they differ from it. */
import { resolve } from 'node:path'
import { lockBeside } from '../../compiler/lock/lock-beside.ts'
import { lockFileOf, lockText, memberOf } from '../../compiler/lock/spec-lock.ts'
import type { LockedServer, SpecLock } from '../../compiler/lock/spec-lock.ts'
import type { Program } from '../../compiler/program.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import type { CompiledSpec } from '../../runtime/link/compiled-spec.ts'
import { compareLocks } from '../../runtime/lock/compare-locks.ts'
import type { LockDifference } from '../../runtime/lock/compare-locks.ts'
import { isListed } from '../../runtime/mcp/filter-tools.ts'
import { mapValues } from '../../util/compact.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import type { ExitCode } from '../exit-codes.ts'
import { SpecInvalid } from '../failures.ts'
import { differenceLines, toolIn } from '../lock/difference-lines.ts'
import { writeLock } from '../lock/write-lock.ts'
import { plural } from '../report/check-report.ts'
import { prettyDiagnostics } from '../report/pretty.ts'
import { compileForRun } from '../runs/compile-for-run.ts'
import { textOnDisk } from '../runs/compile-spec.ts'
import { shellWord, withExistingRuntime } from '../runs/open-runtime.ts'
import { printableLine } from '../terminal/printable.ts'

export const defineLock: DefineCommand = (command, bind) => {
  command
    .description(
      'Writes down what the tools of MCP servers are (names, descriptions, schemas), so that no run takes others unasked.',
    )
    .argument('<spec>', 'the spec whose servers to lock')
    .option('--check', 'write nothing; exit 5 when the servers offer other tools than the lock file has')
  addExamples(command, [
    ['agentspec lock specs/support.yaml', 'write specs/support.lock.json, and commit it'],
    ['agentspec lock specs/support.yaml --check', 'what has changed since? For CI, too'],
  ])
  bind(command, lock)
}

const lock: Action = async (invocation) => {
  const [path = ''] = invocation.args
  const compiled = await compileForRun(invocation, path, { lock: false })
  const before = await lockOf(invocation, path)
  const hasServers = usedServers(compiled.program).size > 0
  const now = hasServers
    ? await withExistingRuntime(invocation, (runtime) => runtime.lock(compiled))
    : NOTHING_LOCKED
  const locking: Locking = { file: lockFileOf(path), path, compiled, before, now }
  return invocation.flags.has('check') ? check(invocation, locking) : write(invocation, locking)
}

const NOTHING_LOCKED: SpecLock = { schema_version: 1, servers: {} }

interface Locking {
  /** The lock file, as a person would write it. */
  readonly file: string
  readonly path: string
  readonly compiled: CompiledSpec
  /** `null`: there is none yet. */
  readonly before: SpecLock | null
  readonly now: SpecLock
}

/** The lock file as it is. @throws SpecInvalid when it cannot be used. */
async function lockOf({ context, output }: Invocation, path: string): Promise<SpecLock | null> {
  const { lock: found, diagnostics } = await lockBeside(path)
  const [first] = diagnostics
  if (first === undefined) return found
  const report = prettyDiagnostics(diagnostics, (file) => textOnDisk(resolve(context.cwd, file)), output.err)
  throw new SpecInvalid(first.message, diagnostics, report)
}

function usedServers({ agents }: Program): ReadonlySet<string> {
  return new Set(Object.values(agents).flatMap((agent) => agent.mcp_servers))
}

async function check(invocation: Invocation, locking: Locking): Promise<ExitCode> {
  const { output } = invocation
  const { file, path, compiled, before, now } = locking
  if (before === null && Object.keys(now.servers).length > 0) {
    throw new UsageFailure(
      'no_lock',
      `${path} has no lock file: there is no ${file}`,
      `Write it: agentspec lock ${shellWord(path)}`,
    )
  }
  const drift = differences(compiled, before ?? NOTHING_LOCKED, now)
  if (output.json) output.printJson(answer(locking, drift))
  else if (drift.length === 0) output.print(`${file} is in sync: ${countsOf(now)}`)
  else
    output.print(differenceLines(drift, { theme: output.out, whole: false, toolNow: toolIn(now) }).join('\n'))
  tellVersions(invocation, locking)
  if (drift.length === 0) return EXIT.done
  output.tell(
    `${output.err.bold(output.err.red('error:'))} ${file} is out of date: ${plural(drift.length, 'difference')}`,
  )
  output.tell(
    `  ${output.err.cyan('hint:')} agentspec lock ${shellWord(path)} takes what the servers offer now`,
  )
  return EXIT.differs
}

async function write(invocation: Invocation, locking: Locking): Promise<ExitCode> {
  const { output, context } = invocation
  const { file, compiled, before, now } = locking
  const drift = before === null ? [] : differences(compiled, before, now)
  const isSame = before === null ? Object.keys(now.servers).length === 0 : lockText(before) === lockText(now)
  if (!isSame) await writeLock(resolve(context.cwd, file), file, now)
  if (output.json) output.printJson(answer(locking, drift))
  else {
    if (drift.length > 0)
      output.print(
        differenceLines(drift, { theme: output.out, whole: false, toolNow: toolIn(now) }).join('\n'),
      )
    const what = isSame ? (before === null ? 'Nothing to lock' : `${file} is in sync`) : `${file} written`
    output.print(`${what}: ${countsOf(now)}`)
  }
  tellVersions(invocation, locking)
  return EXIT.done
}

/** Tools that the spec's own filter leaves out are of no interest; what a function leaves out is known only in a run. */
function differences({ program }: CompiledSpec, before: SpecLock, now: SpecLock): readonly LockDifference[] {
  return compareLocks(before, now, (server, tool) => {
    const definition = memberOf(program.mcp_servers, server)
    return definition === undefined || isListed(tool, definition)
  })
}

function countsOf({ servers }: SpecLock): string {
  const list = Object.values(servers)
  const tools = list.reduce((sum, server) => sum + Object.keys(server.tools).length, 0)
  return `${plural(list.length, 'server')}, ${plural(tools, 'tool')}`
}

function answer({ before, now }: Locking, drift: readonly LockDifference[]): object {
  const servers = mapValues(now.servers, (server, name) => {
    const locked = before === null ? undefined : memberOf(before.servers, name)
    return {
      ...identityOf(server),
      tools: Object.keys(server.tools).toSorted(),
      locked: locked === undefined ? null : identityOf(locked),
    }
  })
  return { servers, drift }
}

function identityOf({ name, version, protocol }: LockedServer): Omit<LockedServer, 'tools'> {
  return { name, version, protocol }
}

/** Another version with the same tools is no drift, but good to know. */
function tellVersions({ output }: Invocation, { before, now }: Locking): void {
  for (const [name, server] of Object.entries(now.servers)) {
    const locked = memberOf(before?.servers ?? {}, name)
    if (locked === undefined || (locked.version === server.version && locked.name === server.name)) continue
    const [was, is] = [locked, server].map((one) => printableLine(`${one.name} ${one.version}`))
    output.note(
      `${output.err.cyan('note:')} ${printableLine(name)} was ${was} when it was locked, and is ${is} now`,
    )
  }
}
