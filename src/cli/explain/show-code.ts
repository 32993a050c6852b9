/** `agentspec explain CODE`: what a diagnostic means. */
import { allCodes, explainCode, isDiagnosticCode } from '../../compiler/explain/explain-code.ts'
import type { ExampleFile } from '../../compiler/explain/explain-code.ts'
import { UsageFailure } from '../../runtime/failures.ts'
import { didYouMean } from '../../spec/did-you-mean.ts'
import { diagnosticCodes } from '../../spec/diagnostic-codes.ts'
import { suggest } from '../../util/suggest.ts'
import type { Invocation } from '../command.ts'
import { prettyDiagnostics } from '../report/pretty.ts'
import { tableLines } from '../terminal/table.ts'

/** Every code with its title. */
export function listCodes({ output }: Invocation): void {
  const codes = allCodes().map((code) => {
    const { severity, title } = diagnosticCodes[code]
    return { code, severity, title }
  })
  if (output.json) output.printJson({ codes })
  else
    output.print(
      tableLines(
        codes.map(({ code, severity, title }) => [code, severity, title]),
        output.out.columns,
      ).join('\n'),
    )
}

/** @throws UsageFailure `unknown_code`. */
export async function showCode({ output }: Invocation, written: string): Promise<void> {
  const code = written.toUpperCase()
  if (!isDiagnosticCode(code)) throw unknownCode(written)
  const { severity, title, finding, wrong, right } = await explainCode(code)
  if (output.json) {
    const { message = title, hint } = finding ?? {}
    const said = { message, ...(hint === undefined ? {} : { hint }) }
    output.printJson({ code, severity, title, ...said, wrong, right })
    return
  }
  const { out } = output
  const textOf = (file: string): string | undefined => wrong.find(({ path }) => path === file)?.text
  output.print(
    [
      out.bold(`${code} (${severity}) ${title}`),
      ...(finding === undefined ? [] : ['', prettyDiagnostics([finding], textOf, out)]),
      ...example(out.red('Wrong'), wrong),
      ...example(out.green('Right'), right),
    ].join('\n'),
  )
}

/** A title, and the files below it; their names where there are several. */
function example(title: string, files: readonly ExampleFile[]): readonly string[] {
  return files.flatMap(({ path, text }, index) => [
    '',
    `${index === 0 ? `${title}${files.length > 1 ? `, ${path}` : ''}` : `and ${path}`}:`,
    ...text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`.trimEnd()),
  ])
}

function unknownCode(written: string): UsageFailure {
  return new UsageFailure(
    'unknown_code',
    `There is no diagnostic "${written}".${didYouMean(suggest(written.toUpperCase(), allCodes()))}`,
    'agentspec explain lists them all; a value is asked for as SPEC#/pointer, a call with --agent and --tool',
  )
}
