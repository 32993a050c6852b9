/** What a person can type in `dev` besides what they say to the agents: `/agents`, `/diff`, `/approve` and so on. */
import { gateText, toolGates } from '../../compiler/graph/gates.ts'
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import { didYouMean } from '../../spec/did-you-mean.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { suggest } from '../../util/suggest.ts'
import { diffReport } from '../diff/diff-report.ts'
import { diffSides } from '../diff/diff-result.ts'
import { eventSummary } from '../render/event-summary.ts'
import { shortHash, specName, statusText } from '../render/names.ts'
import { usageLine } from '../render/usage-line.ts'
import { plural } from '../report/check-report.ts'
import { newSession } from '../runs/new-session.ts'
import { listRuns } from '../runs/list-runs.ts'
import { printableLine } from '../terminal/printable.ts'
import { tableLines } from '../terminal/table.ts'
import type { Theme } from '../terminal/theme.ts'
import { modelChoice } from '../values.ts'
import type { Desk } from './desk.ts'
import { sideOf } from './reload-report.ts'
import { decide, lastRun } from './turns.ts'

interface ChatCommand {
  readonly help: string
  /** `rest`: what was typed after the name. */
  readonly run: (desk: Desk, rest: string) => Promise<string> | string
}

/** Runs `/name rest`, and returns what to show. @throws UsageFailure for a name that nobody knows. */
export async function runChatCommand(desk: Desk, line: string): Promise<string> {
  const [, name = '', rest = ''] = /^\/(\S*)\s*([^]*)$/.exec(line) ?? []
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command !== undefined) return await command.run(desk, rest.trim())
  throw new UsageFailure(
    'unknown_command',
    `There is no command /${name}.${didYouMean(suggest(name, Object.keys(COMMANDS)))}`,
    '/help lists them; a text that begins with / is written with two of them',
  )
}

const COMMANDS: Readonly<Record<string, ChatCommand>> = {
  help: { help: 'these commands', run: (desk) => helpText(desk) },
  agents: { help: 'the agents, and who speaks next', run: (desk) => agentsText(desk) },
  tools: { help: 'the tools, and when they ask', run: (desk) => toolsText(desk) },
  spec: { help: 'the version that the next turn uses', run: (desk) => specText(desk) },
  diff: { help: 'what is different since the turn before', run: (desk) => diffText(desk) },
  runs: { help: 'the runs of this conversation', run: runsText },
  approve: {
    help: '[CALL]: approves the call that waits, and goes on',
    run: async (desk, rest) => {
      await decide(desk, { calls: rest === '' ? [] : rest.split(/\s+/), decision: 'approve' })
      return ''
    },
  },
  reject: {
    help: '[MESSAGE]: rejects the call that waits, tells the model why, and goes on',
    run: async (desk, rest) => {
      await decide(desk, { calls: [], decision: 'reject', ...(rest === '' ? {} : { message: rest }) })
      return ''
    },
  },
  events: { help: 'the journal of the last run', run: eventsText },
  usage: { help: 'tokens of the last run, and of this chat', run: (desk) => usageText(desk) },
  reset: {
    help: 'begins another conversation',
    run: (desk) => {
      desk.session = newSession()
      desk.last = null
      return `A new conversation: ${desk.session}`
    },
  },
  model: {
    help: '[[AGENT=]PROVIDER/MODEL]: another model from now on; "-" for those of the spec',
    run: modelText,
  },
  quit: { help: 'ends, as Ctrl-D does', run: () => '' },
}

/** True for what ends the chat. */
export function endsChat(line: string): boolean {
  return /^\/(?:quit|exit)\s*$/.test(line)
}

function helpText(desk: Desk): string {
  const rows = Object.entries(COMMANDS).map(([name, { help }]) => [`/${name}`, help])
  return tableLines(rows, themeOf(desk).columns).join('\n')
}

function themeOf({ driver }: Desk): Theme {
  return driver.invocation.output.err
}

function currentOf({ current }: Desk): CompileSuccess {
  if (current !== null) return current
  throw new UsageFailure('invalid_spec', 'There is no version of the spec that can be run yet')
}

function agentsText(desk: Desk): string {
  const { program } = currentOf(desk)
  const speaker = desk.last?.last_agent ?? desk.agent ?? program.entry
  const next = Object.hasOwn(program.agents, speaker) ? speaker : program.entry
  const rows = Object.entries(program.agents).map(([name, agent]) => [
    name === next ? themeOf(desk).green('●') : ' ',
    printableLine(name),
    printableLine(agent.model),
    agent.tools.length === 0 ? '' : `tools ${agent.tools.map(printableLine).join(', ')}`,
    agent.handoffs.length === 0
      ? ''
      : `⇢ ${agent.handoffs.map((one) => printableLine(one.agent)).join(', ')}`,
  ])
  return tableLines(rows, themeOf(desk).columns).join('\n')
}

function toolsText(desk: Desk): string {
  const { program } = currentOf(desk)
  const rows = Object.entries(program.tools).map(([key, tool]) => [
    printableLine(key),
    tool.type,
    toolGates(program, tool)
      .map((gate) => printableLine(gateText(gate)))
      .join('; ') || 'never asks',
  ])
  return rows.length === 0 ? 'There are no tools.' : tableLines(rows, themeOf(desk).columns).join('\n')
}

function specText(desk: Desk): string {
  const { program, hash, files } = currentOf(desk)
  return [`${specName(program)} ${shortHash(hash)}`, ...files.map((file) => `  ${printableLine(file)}`)].join(
    '\n',
  )
}

function diffText(desk: Desk): string {
  const current = currentOf(desk)
  if (desk.used === null) return 'There was no turn yet.'
  const sides = [sideOf(desk.used, 'the last turn'), sideOf(current, desk.path)] as const
  return diffReport(sides, diffSides(...sides), themeOf(desk))
}

async function runsText(desk: Desk): Promise<string> {
  const runs = await listRuns(desk.driver.runtime, { session: desk.session, limit: 20 })
  if (runs.length === 0) return 'There are no runs yet.'
  const rows = runs.map((run) => [
    run.run_id,
    statusText(run.status, themeOf(desk)),
    specName(run.spec),
    shortHash(run.spec.hash),
    run.interruptions.length === 0 ? '' : `${plural(run.interruptions.length, 'call')} to decide`,
  ])
  return tableLines(rows, themeOf(desk).columns).join('\n')
}

async function eventsText(desk: Desk): Promise<string> {
  const events = await desk.driver.runtime.events(lastRun(desk).run_id)
  const rows = events.map((event) => [String(event.seq), event.type, eventSummary(event)])
  return tableLines(rows, themeOf(desk).columns).join('\n')
}

function usageText(desk: Desk): string {
  const run = desk.last === null ? [] : [usageLine(desk.last)]
  return [...run, `this chat · ${plural(desk.tokens, 'token')}`].join('\n')
}

function modelText(desk: Desk, rest: string): string {
  if (rest === '-') desk.models = {}
  else if (rest !== '') {
    const { model, agentModels } = modelChoice([rest])
    desk.models = {
      ...desk.models,
      ...(model === undefined ? {} : { model }),
      ...(agentModels === undefined ? {} : { agentModels: { ...desk.models.agentModels, ...agentModels } }),
    }
  }
  const { model, agentModels = {} } = desk.models
  const lines = [
    ...(model === undefined ? [] : [`every agent: ${printableLine(model)}`]),
    ...Object.entries(agentModels).map(([agent, name]) => `${printableLine(agent)}: ${printableLine(name)}`),
  ]
  return lines.length === 0 ? 'The models of the spec.' : lines.join('\n')
}
