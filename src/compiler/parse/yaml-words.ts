/** What the `yaml` library's errors are in plain words. */
import type { ErrorCode, YAMLError } from 'yaml'

/**
 * The mistake, to stand after "This is not valid YAML: ". The library's own words never get out: they speak of implicit
 * keys, node ends and properties.
 */
export function plainWords({ code, message }: Pick<YAMLError, 'code' | 'message'>, seen: string): string {
  const known = byMessage.find(([pattern]) => pattern.test(message))
  return known?.[1] ?? byCode[code] ?? cannotStandHere(seen)
}

function cannotStandHere(seen: string): string {
  return seen === '' ? 'something is missing here' : `${JSON.stringify(seen)} cannot stand here`
}

/** Errors of one code that are different mistakes to a person. */
const byMessage: readonly (readonly [RegExp, string])[] = [
  [/^Comments must be separated/, 'a comment needs a space before its "#"'],
  [
    /^Block scalars with more-indented/,
    'the empty lines above a block must not be indented more than its text',
  ],
  [
    /^(?:Block scalar header includes|Unexpected token in block scalar)/,
    'text cannot follow on the line of "|" or ">"',
  ],
  [/^Missing ,.* flow sequence/, 'a comma is missing before this'],
  [/^Missing ,/, 'a comma or a colon is missing before this'],
  [/^Tags and anchors must be separated/, 'an anchor or a tag needs a space after it'],
  [/^Missing newline after/, 'a list begins on the line after its anchor or tag'],
  [/^Missing directives-end/, 'a line "---" is missing between the directives and the document'],
  [/^Block collection cannot start/, 'a map or a list begins on the line after "---"'],
  [/^Unexpected , in/, 'a value is missing before this comma'],
  [/^Unexpected block-seq-ind/, 'a list begins on the line after its key'],
  [/^Anchor cannot be an empty/, 'an anchor has a name: "&name"'],
  [/^Anchor ending in :/, 'the name of an anchor cannot end with a colon'],
  [/^Alias ending in :/, 'an alias that is a key needs a space before the colon'],
]

/** `undefined`: the text that stands there says most. */
const byCode: { readonly [Code in ErrorCode]: string | undefined } = {
  ALIAS_PROPS: 'an alias has no anchor or tag of its own',
  BAD_ALIAS: 'an alias needs a name: "*name"',
  BAD_COLLECTION_TYPE: 'this tag is for another kind of value',
  BAD_DIRECTIVE: 'this directive is not complete',
  BAD_DQ_ESCAPE: 'this escape is unknown',
  BAD_INDENT: 'this line is not indented like the lines it belongs with',
  BAD_PROP_ORDER: 'an anchor or a tag stands after the "-", "?" or ":" of its value',
  BAD_SCALAR_START: undefined,
  BLOCK_AS_IMPLICIT_KEY: 'a map cannot begin on the line of another key',
  BLOCK_IN_FLOW: 'inside of brackets, maps and lists stand in brackets, too',
  DUPLICATE_KEY: 'a key stands twice in a map',
  IMPOSSIBLE: undefined,
  KEY_OVER_1024_CHARS: 'a key has at most 1024 characters',
  MISSING_CHAR: undefined,
  MULTILINE_IMPLICIT_KEY: 'a key stands on one line',
  MULTIPLE_ANCHORS: 'a value has at most one anchor',
  MULTIPLE_DOCS: 'a file holds one document',
  MULTIPLE_TAGS: 'a value has at most one tag',
  NON_STRING_KEY: 'a key is a text',
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  TAB_AS_INDENT: 'a tab cannot indent a line',
  TAG_RESOLVE_FAILED: 'this tag is not complete',
  UNEXPECTED_TOKEN: undefined,
}
