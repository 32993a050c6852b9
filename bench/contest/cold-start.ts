/** How long a process takes from its start to its first request: each contestant as a program of its own. */
import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { generateSpec } from '../support/generate-spec.ts'
import { loadAgentspec, writeSpec } from './agentspec.ts'
import { answerTo, readModel, runModel } from './script.ts'
import { API_KEY } from './team.ts'

/** A command line of Node that makes one request and then may do what it wants. */
export interface ColdStart {
  readonly name: string
  readonly args: readonly string[]
}

const here = (path: string): string => join(import.meta.dirname, path)

/** Every way to start that is compared; specs and programs are written below `folder`. */
export async function coldStarts(folder: string): Promise<readonly ColdStart[]> {
  const main = here('cold.ts')
  const desks = join(folder, 'desks')
  for (const [path, text] of Object.entries(generateSpec(2000))) {
    mkdirSync(join(desks, path, '..'), { recursive: true })
    writeFileSync(join(desks, path), text)
  }
  const small = writeSpec(join(folder, 'small'))
  const large = join(desks, 'spec.yaml')
  const compiled = join(folder, 'program.json')
  const { compileFile } = await loadAgentspec()
  writeFileSync(compiled, JSON.stringify((await compileFile(large)).program))
  const model = `openai/${COLD_MODEL}`
  const command = ['run', '--store', 'memory:', '--no-stream', '--model', model]
  return [
    { name: 'floor', args: [main, here('floor.ts')] },
    { name: '`openai`', args: [main, here('../peers/openai.ts')] },
    { name: '`@openai/agents`', args: [main, here('../peers/openai-agents.ts')] },
    { name: '`ai`', args: [main, here('../peers/ai-sdk.ts')] },
    { name: 'agentspec, compiled Program of 2,000 lines', args: [here('cold-agentspec.ts'), compiled] },
    { name: 'agentspec, YAML', args: [here('cold-agentspec.ts'), small] },
    { name: 'agentspec, 2,000 lines of YAML', args: [here('cold-agentspec.ts'), large] },
    { name: '`agentspec run`, YAML', args: [here('../../bin/agentspec.cjs'), ...command, small, 'Hello'] },
    {
      name: '`agentspec run`, 2,000 lines',
      args: [here('../../bin/agentspec.cjs'), ...command, large, 'Hello'],
    },
  ]
}

const COLD_MODEL: string = runModel(1, 0)

/** Milliseconds from the start of each process to its request, a list a contestant; they take turns. */
export async function timeColdStarts(
  starts: readonly ColdStart[],
  rounds: number,
  cache: string,
): Promise<number[][]> {
  const times = starts.map((): number[] => [])
  let arrived: () => void = () => {}
  const server = createServer((request, response) => {
    arrived()
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      const script = readModel(COLD_MODEL)
      if ('turns' in script) response.end(JSON.stringify(answerTo(script, COLD_MODEL, 0)))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: process.env['HOME'] ?? '',
    NODE_COMPILE_CACHE: cache,
    OPENAI_BASE_URL: `http://127.0.0.1:${port}/v1`,
    OPENAI_API_KEY: API_KEY,
  }
  // The first two rounds fill the cache of compiled code.
  for (let round = -2; round < rounds; round++) {
    for (const [index, { name, args }] of starts.entries()) {
      const started = performance.now()
      const child = spawn(process.execPath, ['--no-warnings', ...args], {
        env,
        stdio: ['ignore', 'ignore', 'inherit'],
      })
      const request = new Promise<number>((resolve, reject) => {
        arrived = () => resolve(performance.now() - started)
        child.once('exit', () => reject(new Error(`${name} ended without a request`)))
      })
      const time = await request
      if (round >= 0) times[index]?.push(time)
      if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve))
    }
  }
  server.close()
  return times
}
