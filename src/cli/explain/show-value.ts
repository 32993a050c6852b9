/** `agentspec explain SPEC#/pointer`: where a value comes from. */
import type { CompileSuccess } from '../../compiler/compile-result.ts'
import type { Origin } from '../../compiler/explain/provenance.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { didYouMean, listNames } from '../../spec/did-you-mean.ts'
import { fromPointer, toPointer } from '../../spec/path.ts'
import { isJsonArray, isJsonObject } from '../../util/json.ts'
import { suggest } from '../../util/suggest.ts'
import type { Invocation } from '../command.ts'
import { codeFrame } from '../report/code-frame.ts'
import { placeText } from '../report/pretty.ts'
import { compileValid, textsOf } from '../runs/compile-spec.ts'
import { printable } from '../terminal/printable.ts'

/** @throws UsageFailure `invalid_pointer`, `unknown_pointer`; SpecInvalid when the spec has errors. */
export async function showValue(invocation: Invocation, path: string, pointer: string): Promise<void> {
  const { output } = invocation
  if (pointer !== '' && !pointer.startsWith('/')) {
    throw new UsageFailure(
      'invalid_pointer',
      `"${pointer}" is not a pointer: one begins with "/"`,
      `agentspec explain ${path}#/${pointer}`,
    )
  }
  const compiled = await compileValid(invocation, path)
  const found = compiled.provenanceOf(pointer)
  if (found === undefined) throw unknownPointer(compiled, pointer)
  const { value, file, start, end, origin, aliases } = found
  if (output.json) {
    output.printJson({ value, file, start, end, origin })
    return
  }
  const { out } = output
  const text = textsOf(invocation, path, compiled)(file)
  const isWritten = origin !== 'default' && text !== undefined
  output.print(
    [
      `${out.bold(printable(pointer === '' ? path : pointer))}: ${printable(JSON.stringify(value, null, 2))}`,
      `${ORIGINS[origin]} ${placeText(found, out)}`,
      ...(isWritten ? [codeFrame(text, found, { theme: out, mark: out.cyan, context: 1 })] : []),
      ...aliases.map((alias) => `an alias leads there: ${placeText(alias, out)}`),
    ].join('\n'),
  )
}

const ORIGINS: Readonly<Record<Origin, string>> = {
  spec: 'written in the spec:',
  include: 'written in an included file:',
  file: 'the content of a file:',
  defaults: "from the spec's defaults:",
  default: 'built in, nothing is written for it; the nearest place is',
}

/** Names the part of the pointer that leads somewhere, and what is there. */
function unknownPointer(compiled: CompileSuccess, pointer: string): UsageFailure {
  const path = fromPointer(pointer)
  let known = path.length - 1
  while (known > 0 && compiled.provenanceOf(toPointer(path.slice(0, known))) === undefined) known--
  const around = path.slice(0, known)
  const value = compiled.provenanceOf(toPointer(around))?.value ?? null
  const names = isJsonArray(value)
    ? value.map((_, index) => String(index))
    : isJsonObject(value)
      ? Object.keys(value)
      : []
  const meant = suggest(String(path[known]), names)
  const better = meant === undefined ? undefined : toPointer([...around, meant, ...path.slice(known + 1)])
  const place = around.length === 0 ? 'The spec' : toPointer(around)
  return new UsageFailure(
    'unknown_pointer',
    `There is no value at ${pointer}.${didYouMean(better)}`,
    names.length === 0 ? `${place} has no parts` : `${place} has ${listNames(names, 20)}`,
  )
}
