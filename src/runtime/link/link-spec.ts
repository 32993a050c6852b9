/**
 * Linking: a Program meets the environment it runs in. `${VAR}` strings are resolved, secrets are found, and everything
 * the run loop asks of a spec is prepared, lazily. Nothing of this is ever persisted.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Program } from '../../compiler/program.ts'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'
import { mapValues } from '../../util/compact.ts'
import type { JsonObject } from '../../util/json.ts'
import { unsupportedKeys } from '../../compiler/unsupported.ts'
import { createRecent } from '../../util/recent.ts'
import { hashJson } from '../../util/sha256.ts'
import { StoreFailure, UsageFailure } from '../failures.ts'
import { keepNoConnections } from '../mcp/connection-keeper.ts'
import type { ConnectionKeeper } from '../mcp/connection-keeper.ts'
import type { Model } from '../models/model.ts'
import { createModuleLoader } from '../modules/module-loader.ts'
import { createRedactor } from '../redaction/redactor.ts'
import type { Redactor } from '../redaction/redactor.ts'
import { findSecrets } from '../redaction/secrets.ts'
import type { LinkedSpec } from './linked-spec.ts'
import type { CompiledSpec } from './compiled-spec.ts'
import type { RunState } from '../state/run-state.ts'
import type { RunStore } from '../store/run-store.ts'
import type { Doubles } from './doubles.ts'
import { createLinkedSpec } from './create-linked-spec.ts'
import { checkResponsesOnly } from './responses-only.ts'
import { createEnvironment } from './environment.ts'
import { link } from './link.ts'
import { messageOf } from '../../util/message-of.ts'

export interface SpecLinker {
  /**
   * @throws UsageFailure `not_supported` for keys whose runtime does not exist yet, `unset_variable` for required
   *   variables without a value.
   */
  link(spec: Pick<CompiledSpec, 'program' | 'hash' | 'baseDir'>): Promise<LinkedSpec>
  /** Links the archived spec a run is pinned to, whatever became of its files. */
  linkArchived(store: RunStore, state: RunState, baseDir?: string): Promise<LinkedSpec>
  dispose(): void
}

export interface SpecLinkerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly envFile?: string
  /** In place of those a spec names. */
  readonly models: Readonly<Record<string, Model>>
  readonly doubles?: Doubles
  /** By default a connection to a server ends with the run that made it. */
  readonly connections?: ConnectionKeeper
  readonly warn: (message: string) => void
}

/** Linked specs kept for the next run; more than a server or a test has in use at once. */
const MOST_KEPT = 64

export function createSpecLinker(options: SpecLinkerOptions): SpecLinker {
  const { connections = keepNoConnections } = options
  const loader = createModuleLoader()
  const kept = createRecent<LinkedSpec>(MOST_KEPT)

  const linkSpec: SpecLinker['link'] = async (spec) => {
    const dotenv = await readDotenv(spec.baseDir, options.envFile)
    const linked = kept.get(JSON.stringify([spec.hash, spec.baseDir, dotenv]), () => linkWith(spec, dotenv))
    connections.keepOnly(linked.program, linked.folder)
    return linked
  }

  const linkWith = (
    { program, hash, baseDir }: Parameters<SpecLinker['link']>[0],
    dotenv: string | null,
  ): LinkedSpec => {
    refuseUnsupported(program)
    const environment = createEnvironment({
      real: options.environment,
      ...(dotenv === null ? {} : { dotenv }),
    })
    environment.warnings.forEach(options.warn)
    const linked = link(program, environment.variables, baseDir)
    checkResponsesOnly(linked.program, {})
    const secrets = findSecrets({ program, environment, used: linked.used })
    const redactor = createRedactor(secrets)
    const known = hashJson(secrets)
    return createLinkedSpec({
      program: withOrigins(linked.program, redactor),
      reference: { name: program.name, version: program.version, hash },
      redactor,
      variables: environment.variables,
      models: options.models,
      ...(options.doubles === undefined ? {} : { doubles: options.doubles }),
      requests: linked.requests,
      serverConnection: (order, connect) => connections.open(order, known, connect),
      loader,
      modules: { hash, modules: program.modules, baseDir },
    })
  }

  return {
    link: linkSpec,
    async linkArchived(store, state, baseDir) {
      const program = await readProgram(store, state.spec.hash)
      return linkSpec({ program, hash: state.spec.hash, baseDir: baseDir ?? (state.base_dir || '.') })
    },
    dispose: () => loader.dispose(),
  }
}

/** What decisions about the tools of MCP servers bind to, besides the tools: never a secret. */
function withOrigins(program: Program, redactor: Redactor): Program {
  const servers = mapValues(program.mcp_servers, (server) => ({
    ...server,
    origin: redactor.json(originOf(server)),
  }))
  return { ...program, mcp_servers: servers }
}

function originOf({ transport, command, args = [], cwd = '.', url }: McpServerDefinition): JsonObject {
  if (command !== undefined) return { transport, command, args, cwd }
  return { transport, url: URL.parse(url ?? '')?.origin ?? '' }
}

function refuseUnsupported(program: Program): void {
  const [first] = unsupportedKeys(program)
  if (first === undefined) return
  throw new UsageFailure(
    'not_supported',
    `${first.pointer}: ${first.message}`,
    'Remove the key until a release supports it',
  )
}

/** `.env` beside the spec, or the file the user names (which must exist). */
async function readDotenv(baseDir: string, envFile: string | undefined): Promise<string | null> {
  const file = envFile ?? join(baseDir, '.env')
  // Asked before every run, and nearly never there: an error to find that out is expensive.
  if (envFile === undefined && !existsSync(file)) return null
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (envFile === undefined) return null
    const message = messageOf(error)
    throw new UsageFailure(
      'env_file',
      `The environment file ${envFile} cannot be read: ${message}`,
      'Check --env-file',
    )
  }
}

/** Bytes with this hash were a Program when the compiler made them. */
function isProgram(value: unknown, hash: string): value is Program {
  return hashJson(value) === hash
}

/** `null`, which is no Program, for a text that is no JSON any more. */
function parsedOrNull(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** The archived Program, verified: its bytes are what its hash says. */
export async function readProgram(store: RunStore, hash: string): Promise<Program> {
  const archived = await store.readSpec(hash)
  if (archived === null) {
    throw new StoreFailure(`Spec ${hash} is not archived in ${store.url}`, {
      hint: 'Restore the store from a backup, or import the run with its spec (state export --bundle)',
    })
  }
  const program = parsedOrNull(archived.program)
  if (!isProgram(program, hash)) {
    throw new StoreFailure(
      `The archived spec ${hash} in ${store.url} was changed: its bytes have another hash`,
      {
        hint: 'Restore the store from a backup',
      },
    )
  }
  return program
}
