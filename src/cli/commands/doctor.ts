/** `agentspec doctor`: whether what agentspec needs is there, and what to do where it is not. */
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { compileFile } from '../../compiler/compile.ts'
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import { lockFileOf } from '../../compiler/lock/spec-lock.ts'
import { unsupportedKeys } from '../../compiler/unsupported.ts'
import { createSpecLinker } from '../../runtime/link/link-spec.ts'
import type { LinkedSpec } from '../../runtime/link/linked-spec.ts'
import { messageOf } from '../../util/message-of.ts'
import { addExamples } from '../command.ts'
import type { Action, DefineCommand, Invocation } from '../command.ts'
import { configPath, readUserConfig, withUserConfig } from '../config/user-config.ts'
import type { Check } from '../doctor/check.ts'
import { serverChecks } from '../doctor/server-checks.ts'
import { EXIT } from '../exit-codes.ts'
import { plural } from '../report/check-report.ts'
import { withExistingRuntime } from '../runs/open-runtime.ts'
import { printable } from '../terminal/printable.ts'

export const defineDoctor: DefineCommand = (command, bind) => {
  command
    .description('Checks the surroundings: Node, the config file, the store, and what specs need to run.')
    .argument(
      '[spec...]',
      'specs to look at: are they valid, is there a key for each model, does each MCP server answer?',
    )
  addExamples(command, [
    ['agentspec doctor', 'after installing'],
    ['agentspec doctor specs/support.yaml', 'why does it not run here?'],
  ])
  bind(command, doctor)
}

/** Exits 1 when something is not as it should be. */
const doctor: Action = async (invocation) => {
  const { args, output } = invocation
  const checks = [nodeCheck(), await configCheck(invocation), await storeCheck(invocation)]
  for (const path of args) checks.push(...(await specChecks(invocation, path)))
  if (output.json) output.printJson({ checks })
  else {
    for (const { name, ok, hint } of checks) {
      const mark = ok ? output.out.green('✓') : output.out.red('✗')
      output.print(`${mark} ${printable(name)}`)
      if (!ok && hint !== undefined) output.print(`  ${output.out.cyan('hint:')} ${printable(hint)}`)
    }
  }
  return checks.every(({ ok }) => ok) ? EXIT.done : EXIT.failed
}

/** The command does not begin on a Node that is too old. */
function nodeCheck(): Check {
  return { name: `Node ${process.versions.node}`, ok: true }
}

async function configCheck({ context }: Invocation): Promise<Check> {
  const path = configPath(context.env)
  try {
    await readUserConfig(context.env)
    const exists = path !== null && existsSync(path)
    return { name: exists ? `config ${path}` : 'no config file, which is fine', ok: true }
  } catch (error) {
    return { name: `config ${path}`, ok: false, hint: messageOf(error) }
  }
}

async function storeCheck(invocation: Invocation): Promise<Check> {
  try {
    return await withExistingRuntime(invocation, async (runtime) => {
      await runtime.list({ limit: 1 })
      return { name: `store ${runtime.store.url}`, ok: true }
    })
  } catch (error) {
    return { name: 'store', ok: false, hint: messageOf(error) }
  }
}

async function specChecks(invocation: Invocation, path: string): Promise<readonly Check[]> {
  const result = await compileFile(path)
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error').length
  if (!result.ok)
    return [
      {
        name: `${path} is valid`,
        ok: false,
        hint: `agentspec check ${path} shows ${plural(errors, 'error')}`,
      },
    ]
  const [missing] = unsupportedKeys(result.program)
  const supported: Check =
    missing === undefined
      ? { name: `${path} is valid`, ok: true }
      : { name: `${path} can be run`, ok: false, hint: `${missing.pointer}: ${missing.message}` }
  if (missing !== undefined) return [supported]
  return [
    supported,
    headerCheck(invocation, path),
    ...lockChecks(path, result),
    ...(await linkedChecks(invocation, path, result)),
  ]
}

/** Editors complete and check a file that names its schema. */
function headerCheck({ context }: Invocation, path: string): Check {
  const named = /^#\s*yaml-language-server:\s*\$schema=\S/m.test(
    readFileSync(resolve(context.cwd, path), 'utf8'),
  )
  const name = `${path} names its schema for editors`
  if (named) return { name, ok: true }
  return {
    name,
    ok: false,
    hint: 'Begin it with: # yaml-language-server: $schema=./node_modules/agentspec/schemas/agentspec.v1.schema.json',
  }
}

/** A lock file names the servers that agents use. Whether they still offer the same only they can say. */
function lockChecks(path: string, { lock, program }: CompileSuccess): readonly Check[] {
  if (lock === null) return []
  const used = [...new Set(Object.values(program.agents).flatMap((agent) => agent.mcp_servers))]
  const missing = used.filter((server) => !Object.hasOwn(lock.servers, server))
  const name = `${lockFileOf(path)} has every MCP server of ${path}`
  if (missing.length === 0) return [{ name, ok: true }]
  return [{ name, ok: false, hint: `It lacks ${missing.join(', ')}: agentspec lock ${path}` }]
}

/** Variables are set; what needs them is there. */
async function linkedChecks(
  { context, flags }: Invocation,
  path: string,
  compiled: CompileSuccess,
): Promise<readonly Check[]> {
  const envFile = flags.text('envFile')
  const linker = createSpecLinker({
    environment: withUserConfig(context.env, {}),
    models: {},
    warn: () => {},
    ...(envFile === undefined ? {} : { envFile: resolve(context.cwd, envFile) }),
  })
  try {
    const spec = await linker.link(compiled)
    return [...(await modelChecks(path, spec)), ...(await serverChecks(path, spec))]
  } catch (error) {
    return [{ name: `${path}: its variables are set`, ok: false, hint: hintOf(error) }]
  } finally {
    linker.dispose()
  }
}

/** Each model has its key and its package. Nobody is asked over the network. */
async function modelChecks(path: string, spec: LinkedSpec): Promise<readonly Check[]> {
  const checks: Check[] = []
  for (const agent of Object.keys(spec.program.agents)) {
    const name = `${path}: agent ${agent} has a model that can be asked`
    const hint = await spec.models(agent, {}).then(
      () => undefined,
      (error: unknown) => hintOf(error),
    )
    checks.push({ name, ok: hint === undefined, ...(hint === undefined ? {} : { hint }) })
  }
  return checks
}

function hintOf(error: unknown): string {
  const hint =
    error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? `: ${error.hint}` : ''
  return `${messageOf(error)}${hint}`
}
