/** What a server over HTTP means when it does not take a request: who is asking, or a session it no longer knows. */
import { SdkHttpError } from '@modelcontextprotocol/client'
import type { McpServerDefinition } from '../../compiler/program-mcp.ts'

/** Characters of what a server says about its authorization. */
const MOST_SAID = 300

/**
 * True when the server has forgotten the session a request was made in: it did not look at the request, which can be made again in
 * a session of its own.
 */
export function isForgottenSession(error: unknown, sessionId: string | undefined): boolean {
  return sessionId !== undefined && error instanceof SdkHttpError && error.status === 404
}

/** What to do about a request that is not authorized; `null`: it failed for another reason. */
export function authorizationAdvice(
  error: unknown,
  {
    server,
    definition,
    challenge,
  }: {
    readonly server: string
    readonly definition: McpServerDefinition
    /** Its WWW-Authenticate. */
    readonly challenge: string
  },
): string | null {
  if (!(error instanceof SdkHttpError) || (error.status !== 401 && error.status !== 403)) return null
  const place = `mcp_servers.${server}`
  const { authorization, headers = {} } = definition
  const isGiven =
    authorization !== undefined || Object.keys(headers).some((name) => name.toLowerCase() === 'authorization')
  const said = challenge === '' ? '' : ` (it said: ${challenge.slice(0, MOST_SAID)})`
  if (error.status === 403) return `it forbids this (403)${said}; look at what ${place} is allowed to do`
  if (isGiven) {
    return `it does not take the authorization of ${place} (401)${said}; look whether the token has expired, and is for this server`
  }
  const how = `${place}: { authorization: "Bearer \${TOKEN}" }`
  return `it wants authorization (401)${said}. Get a token from whoever runs it and give it as ${how}; agentspec does not sign in by itself`
}
