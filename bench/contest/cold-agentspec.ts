/** A program that makes one request with agentspec, from a spec or from a compiled Program. */
import { readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Program } from '../../src/compiler/program.ts'
import { loadAgentspec } from './agentspec.ts'

const [, , path = ''] = process.argv
const { compileFile, createRunner } = await loadAgentspec()
const program = path.endsWith('.json')
  ? (JSON.parse(readFileSync(path, 'utf8')) as Program)
  : (await compileFile(path)).program
await using runner = await createRunner(program, { baseDir: dirname(path) })
await runner.run('Hello', { model: 'openai/run-1-0', stream: false })
process.exit()
