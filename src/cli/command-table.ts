/** Every command: those that exist, with where to load them from, and those that are still to come. */
import type { CommandRow } from './command.ts'

/** In the order of `--help`. */
export const COMMANDS: readonly CommandRow[] = [
  {
    name: 'init',
    summary: 'write a small spec to begin with',
    load: async () => (await import('./commands/init.ts')).defineInit,
  },
  {
    name: 'check',
    summary: 'say everything that is wrong with a spec',
    load: async () => (await import('./commands/check.ts')).defineCheck,
  },
  {
    name: 'test',
    summary: 'run the tests of specs, offline',
    load: async () => (await import('./commands/test.ts')).defineTest,
  },
  {
    name: 'explain',
    summary: 'what a diagnostic means, where a value comes from, which rule decides a call',
    load: async () => (await import('./commands/explain.ts')).defineExplain,
  },
  {
    name: 'run',
    summary: 'run a spec',
    load: async () => (await import('./commands/run.ts')).defineRun,
  },
  {
    name: 'dev',
    summary: 'chat with a spec while you edit it',
    load: async () => (await import('./commands/dev.ts')).defineDev,
  },
  {
    name: 'resume',
    summary: 'go on with a paused, interrupted or failed run',
    load: async () => (await import('./commands/resume.ts')).defineResume,
  },
  {
    name: 'approvals',
    summary: 'list the calls that wait for approval',
    load: async () => (await import('./commands/approvals.ts')).defineApprovals,
  },
  {
    name: 'approve',
    summary: 'approve calls of a run',
    load: async () => (await import('./commands/decide.ts')).defineApprove,
  },
  {
    name: 'reject',
    summary: 'reject calls of a run',
    load: async () => (await import('./commands/decide.ts')).defineReject,
  },
  {
    name: 'runs',
    summary: 'list runs, or remove ended ones',
    load: async () => (await import('./commands/runs.ts')).defineRuns,
  },
  {
    name: 'show',
    summary: 'show a run: what was said, what was called, what it waits for',
    load: async () => (await import('./commands/show.ts')).defineShow,
  },
  {
    name: 'cancel',
    summary: 'end a run',
    load: async () => (await import('./commands/cancel.ts')).defineCancel,
  },
  {
    name: 'fork',
    summary: 'start a new run from a point in the journal of another one',
    load: async () => (await import('./commands/fork.ts')).defineFork,
  },
  {
    name: 'migrate',
    summary: 'move a run to another version of its spec',
    load: async () => (await import('./commands/migrate.ts')).defineMigrate,
  },
  {
    name: 'sessions',
    summary: 'list, show, clear or remove conversation histories',
    load: async () => (await import('./commands/sessions.ts')).defineSessions,
  },
  {
    name: 'specs',
    summary: 'the specs archived beside the runs',
    load: async () => (await import('./commands/specs.ts')).defineSpecs,
  },
  {
    name: 'state',
    summary: 'move a run between stores as one document',
    load: async () => (await import('./commands/state.ts')).defineState,
  },
  {
    name: 'compile',
    summary: 'print what a spec compiles to, or its hash',
    load: async () => (await import('./commands/compile.ts')).defineCompile,
  },
  {
    name: 'graph',
    summary: 'draw a spec: agents, tools, handoffs, approvals',
    load: async () => (await import('./commands/graph.ts')).defineGraph,
  },
  {
    name: 'tools',
    summary: 'what each agent would see, its MCP servers asked',
    load: async () => (await import('./commands/tools.ts')).defineTools,
  },
  {
    name: 'lock',
    summary: 'pin the tools of MCP servers, or say how they have changed',
    load: async () => (await import('./commands/lock.ts')).defineLock,
  },
  {
    name: 'diff',
    summary: 'say what changed between two specs, and for which runs',
    load: async () => (await import('./commands/diff.ts')).defineDiff,
  },
  {
    name: 'schema',
    summary: 'print the JSON Schema of specs, tests, states, events or locks',
    load: async () => (await import('./commands/schema.ts')).defineSchema,
  },
  {
    name: 'doctor',
    summary: 'check the surroundings, and what specs need to run',
    load: async () => (await import('./commands/doctor.ts')).defineDoctor,
  },
  {
    name: 'config',
    summary: 'where the settings of a user are, and what holds',
    load: async () => (await import('./commands/config.ts')).defineConfig,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: async () => (await import('./commands/completion.ts')).completionOf(COMMANDS),
  },
]

/** Part of the contract and not built yet: absent from the help, refused with a clear word. */
export const PLANNED_COMMANDS: readonly string[] = ['serve']
