/** What is wrong with a value, in words that do not quote what its schema marks as sensitive. */
import { hideSensitive, markerOf } from '../../compiler/json-schema/sensitive.ts'
import type { SchemaIssue } from '../../compiler/json-schema/schema-issue.ts'
import type { JsonSchema } from '../../compiler/program.ts'
import type { Json } from '../../util/json.ts'

/** One line for all issues. `name`: how markers of such values begin. */
export function issueTexts(
  issues: readonly SchemaIssue[],
  checked: { readonly schema: JsonSchema; readonly value: Json },
  name: string,
): string {
  const { taken } = hideSensitive(checked.schema, checked.value, name)
  const pointers = [...taken.keys()]
  return issues
    .map(({ pointer, message }) => {
      const inside = pointers.find((one) => pointer === one || pointer.startsWith(`${one}/`))
      return inside === undefined ? message : `${markerOf(name, inside)} does not fit its schema`
    })
    .join('; ')
}
