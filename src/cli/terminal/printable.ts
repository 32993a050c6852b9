/**
 * Text from models, tools and specs made safe for a terminal: a sequence that moves the cursor or hides text must not
 * change what a person believes to see, least of all in a question for approval.
 */

/** Writes control characters (other than tab and line feed) and those that reorder text as escapes: `\x1b`, `\u202e`. */
export function printable(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE, escape)
}

/** The same on one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t')
}

/** Cuts a text to a number of characters, with an ellipsis. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1).replace(/[\uD800-\uDBFF]$/, '')}…`
}

const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what it is about
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]/g

function escape(character: string): string {
  const code = character.charCodeAt(0)
  return code < 0x100
    ? `\\x${code.toString(16).padStart(2, '0')}`
    : `\\u${code.toString(16).padStart(4, '0')}`
}
