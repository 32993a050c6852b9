/** What went wrong when a tool module was loaded, in words for its author. */
import { pathToFileURL } from 'node:url'
import { RunFailure } from '../failures.ts'

/** Names the module, what it wanted or threw, and the line of the module where that is known. */
export function loadFailure(error: unknown, path: string, baseDir: string): RunFailure {
  if (error instanceof RunFailure) return error
  const message = error instanceof Error ? error.message : String(error)
  const missing = missingPackage(error)
  const what =
    missing === null
      ? `${path} failed while it was loaded${lineOf(error, baseDir)}: ${firstLine(message)}`
      : `${path} imports the package ${missing}, which is not installed in ${baseDir}: run npm install ${missing} there`
  return new RunFailure({ code: 'module_load_failed', message: what }, { cause: error })
}

function missingPackage(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') return null
  return /Cannot find package '([^']+)'/u.exec(error.message)?.[1] ?? null
}

/** ` (tools.ts, line 3)`: the first place in the stack that lies in the spec's folder. */
function lineOf(error: unknown, baseDir: string): string {
  if (!(error instanceof Error) || error.stack === undefined) return ''
  const folder = `${pathToFileURL(baseDir).href}/`
  for (const match of error.stack.matchAll(/(file:\/\/[^\s)]+?)\?agentspec=[^:\s)]*(?:%3A[^:\s)]*)?:(\d+)/gu)) {
    const [, url = '', line = ''] = match
    if (url.startsWith(folder)) return ` (${decodeURIComponent(url.slice(folder.length))}, line ${line})`
  }
  return ''
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text
}
