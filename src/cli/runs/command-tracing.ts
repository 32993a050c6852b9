/** Where the spans of the runs of one command go: `--trace`, the `OTEL_*` variables, and what the spec says. */
import { isAbsolute, relative, resolve } from 'node:path'
import { ownTracing } from '../../runtime/tracing/own-tracing.ts'
import type { RunTracing } from '../../runtime/tracing/run-observer.ts'
import type { Invocation } from '../command.ts'
import { printableLine } from '../terminal/printable.ts'

export function commandTracing({ flags, context, output }: Invocation): RunTracing {
  const file = flags.text('trace')
  return ownTracing({
    environment: context.env,
    file: file === undefined ? undefined : resolve(context.cwd, file),
    now: () => new Date(),
    verbose: output.verbose,
    onFile: (path) =>
      output.note(output.err.dim(`tracing to ${printableLine(shortPath(path, context.cwd))}`)),
    warn: (message) => output.tell(`${output.err.yellow('warning:')} ${printableLine(message)}`),
  })
}

function shortPath(path: string, cwd: string): string {
  const way = relative(cwd, path)
  return way.startsWith('..') || isAbsolute(way) ? path : way
}
