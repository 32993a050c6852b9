/** Who words the failure of a call: the server, over the agent, over the default. */
import { expect, onTestFinished, test } from 'vitest'
import type { FailureText } from '../../../src/compiler/program-failure.ts'
import { testServer, withServers } from '../../support/mcp.ts'
import { compiled } from '../../support/program.ts'
import { outputs, runtimeOver } from '../../support/runs.ts'
import { createWorkspace } from '../../support/workspace.ts'

const RAISE: FailureText = { kind: 'raise' }
const says = (template: string): FailureText => ({ kind: 'message', template })
const NOTE = { tool_calls: [{ name: 'note', arguments: { text: 'hi' } }] }

async function fails(
  server: FailureText | null,
  agent: FailureText | null,
): Promise<{ readonly code: string | undefined; readonly output: unknown }> {
  const workspace = createWorkspace()
  onTestFinished(() => workspace[Symbol.dispose]())
  const notes = testServer('exits', workspace.path, server === null ? {} : { failure_error_function: server })
  const mcp_config = agent === null ? {} : { failure_error_function: agent }
  const runtime = runtimeOver()
  const spec = compiled(withServers({ notes }, [NOTE, { text: 'ok' }], { agent: { mcp_config } }))
  const { run_id, error } = await runtime.start(spec, 'Go').result
  return { code: error?.code, output: Object.values(await outputs(runtime, run_id))[0] }
}

test.each([
  [null, null, 'An error occurred while running the tool'],
  [null, says('The agent says: {{ tool }} failed'), 'The agent says: note failed'],
  [says('The server says: {{ tool }} failed'), says('The agent'), 'The server says: note failed'],
  [says('The server says no'), RAISE, 'The server says no'],
])('the server says %j, the agent %j', async (server, agent, words) => {
  const { code, output } = await fails(server, agent)
  expect(code).toBeUndefined()
  expect(output).toContain(words)
})

test.each([
  [RAISE, says('The agent')],
  [null, RAISE],
])('the run fails where %j outranks %j', async (server, agent) => {
  expect(await fails(server, agent)).toMatchObject({ code: 'tool_failed' })
})
