/** A spec that is edited in `dev`, at a real terminal. */
import { createWorkspace } from './workspace.ts'
import type { Workspace } from './workspace.ts'
import { startAtTerminal } from './pty-command.ts'
import type { PtyCommand, PtyOptions } from './pty-command.ts'

/** The scripted model says what a test wants; a test edits this text. */
export const DESK = `agentspec: 1
name: desk
version: 1.0.0
models:
  main:
    provider: scripted
    script: [{ text: First answer. }]
agents:
  clerk: { model: main, instructions: Help., tools: [cancel] }
tools:
  cancel:
    type: function
    description: Cancels
    handler: ./tools.ts#cancel
    parameters: { type: object, properties: { id: { type: integer } }, required: [id] }
    needs_approval: true
`

export const CALLING_DESK: string = DESK.replace(
  '{ text: First answer. }',
  '{ tool_calls: [{ name: cancel, arguments: { id: 7 } }] }, { text: Done. }',
)

const DESK_TOOLS = 'export const cancel = ({ id }: { id: number }) => `cancelled ${id}`\n'

export interface DeskOptions extends Omit<PtyOptions, 'cwd'> {
  readonly files?: Readonly<Record<string, string>>
}

/** Runs the command in a folder with the spec, and ends it. */
export async function atDesk(
  args: readonly string[],
  options: DeskOptions,
  body: (terminal: PtyCommand, folder: Workspace) => Promise<void>,
): Promise<PtyCommand> {
  using folder = createWorkspace({ 'desk.yaml': DESK, 'tools.ts': DESK_TOOLS, ...options.files })
  using terminal = startAtTerminal(args, {
    cwd: folder.path,
    ...options,
    env: { NO_COLOR: '1', AGENTSPEC_BY: 'tester', ...options.env },
  })
  await body(terminal, folder)
  return terminal
}

/** Waits for the prompt, and says something. */
export async function say(terminal: PtyCommand, text: string): Promise<void> {
  await terminal.waitFor('› ')
  terminal.press(text, '\r')
}
