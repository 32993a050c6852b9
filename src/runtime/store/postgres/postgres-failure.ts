/** What PostgreSQL's errors mean for the person who runs a command. */
import { messageOf } from '../../../util/message-of.ts'
import { StoreFailure } from '../../failures.ts'

/**
 * The failure to report for an error of an operation: a `StoreFailure` for errors of the server and of the connection,
 * any other error as it is. `url` is without credentials.
 */
export function postgresFailure(error: unknown, url: string): unknown {
  const code = codeOf(error)
  if (code === undefined && !isConnectionLoss(error)) return error
  const meaning = meaningOf(code)
  if (meaning === undefined) {
    return new StoreFailure(`${url}: the connection or the server failed: ${messageWithout(error)}.`, {
      cause: error,
      hint: 'Nothing that was acknowledged is lost; try again once the server answers.',
    })
  }
  return new StoreFailure(`${url} ${meaning.what}.`, { cause: error, hint: meaning.next })
}

/** True when two transactions were in each other's way: the same work can be done again. */
export function isCollision(error: unknown): boolean {
  const code = codeOf(error)
  return code === '40001' || code === '40P01'
}

/** A `SqlState`, or the system's name of a connection error. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/** Errors of the client that have no code. */
function isConnectionLoss(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(?:Connection terminated|timeout |Client (?:has encountered|was closed))/u.test(error.message)
  )
}

function messageWithout(error: unknown): string {
  return messageOf(error).replace(/\.$/u, '')
}

interface Meaning {
  readonly what: string
  readonly next: string
}

const LOGIN: Meaning = {
  what: 'refuses the user name or the password',
  next: 'Check both in the URL given with --store.',
}
const UNREACHABLE: Meaning = {
  what: 'cannot be reached',
  next: 'Check host and port, and that the server runs.',
}
const RIGHTS: Meaning = {
  what: 'does not allow what a store needs',
  next: 'Give the user the right to create tables, or create the schema for it.',
}
const FULL: Meaning = {
  what: 'cannot grow: the disk of the server is full',
  next: 'Free some space and try again; what was acknowledged before is kept.',
}

/** By SQLSTATE (https://www.postgresql.org/docs/current/errcodes-appendix.html) or by the system's name. */
const MEANINGS: ReadonlyMap<string, Meaning> = new Map([
  ['28P01', LOGIN],
  ['28000', LOGIN],
  ['3D000', { what: 'does not exist', next: 'Create the database, or correct its name in the URL.' }],
  ['42501', RIGHTS],
  ['53100', FULL],
  ['53300', { what: 'has no connection left', next: 'Try again later, or raise max_connections.' }],
  ['57P01', { what: 'is being shut down', next: 'Try again once it runs.' }],
  ['57P03', { what: 'is starting up', next: 'Try again in a moment.' }],
  ['25006', { what: 'is read-only', next: 'Name the primary server in the URL.' }],
  ['ECONNREFUSED', UNREACHABLE],
  ['ENOTFOUND', UNREACHABLE],
  ['EAI_AGAIN', UNREACHABLE],
  ['ETIMEDOUT', UNREACHABLE],
  ['EHOSTUNREACH', UNREACHABLE],
  ['ENOENT', UNREACHABLE],
])

function meaningOf(code: string | undefined): Meaning | undefined {
  return code === undefined ? undefined : MEANINGS.get(code)
}
