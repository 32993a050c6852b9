/** The words of broken specs: what a hand, a merge gone wrong or an ill will may write. */
import { specPlaces } from '../../../src/compiler/generated/spec-places.generated.ts'

/** The keys of the language, and keys that mean something to JavaScript or to YAML. */
export const keys: readonly string[] = [
  ...new Set(Object.values(specPlaces).flatMap((place) => place.keys)),
  ...['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', '<<', 'x-a', '""', 'yes', 'null'],
  ...['? [a]', '? { a: 1 }', '1', '1.0', '~', '"\\ud800"', '"a b"', 'ä', '"/~1~0"', '"*"', '-', '!x a', '&k a'],
]

/** Values of every type, right in one place and wrong in the others. */
export const values: readonly string[] = [
  ...['null', '~', '', 'true', 'yes', '0', '-1', '1.5', '.5', '1e999', '-.inf', '.NaN', '0xFF', '0o17', '1_000'],
  ...['99999999999999999999', '9007199254740993', '1e-400', '-0', '""', "''", '[]', '{}', '[[]]', '[{}]', '{ a: [1] }'],
  ...['*a', '&a x', '&a [*a]', '!!binary aGk=', '!x y', '!!str 5', '!!int x', '2020-01-01', '12:30:45', '"\\ud800"'],
  ...['"\\u0000"', '"\\q"', '|', '>-', '|+9', '"${"', '"${A"', '"${A:-${B}}"', '"${}"', '"${A:?}"', '"$${A}"'],
  ...['${A:-x}', '"{{"', '"{{ x"', '"{% if x %}"', '"{% endif %}"', '"{{ a | nope }}"', '"{% raw %}{{"', '"{{ a.b[ }}"'],
  ...['"{% for i in (1..99999999) %}{{ i }}{% endfor %}"', '"{{ context.nope.__proto__ }}"', '"args.x >"'],
  ...['"1 > \'a\'"', '"((((((((((1))))))))))"', '"args.x.matches(\'(a+)+$\')"', '"has(x)"', '"nope(1)"', '"\'"'],
  ...['"[1,2].all(x, x > 0)"', '"99999999999999999999 > 1"', '"a ? b : c ? d : e"', '"agent == agent"', '"true"'],
  ...['{ file: ../x }', '{ file: /etc/passwd }', '{ file: ./spec.yaml }', '{ file: 5 }', '{ file: ./triage.md }'],
  ...['{ file: ./order.schema.json }', '{ handler: "node:fs#rm" }', '{ handler: "https://x/y.js#z" }', './tools.ts#say'],
  ...['./tools.ts#nope', './tools.ts', '#', 'a#b#c', '{ handler: [] }', '{ when: {} }', '{ when: "1 > 0" }', '"*"'],
  ...['"[a-"', '"(a+)+$"', '"(?<n>"', 'openai/x', 'a/b/c', '/', 'none', '10s', '1h30m', '-5s', '1e9s', '999999999h'],
  ...['^1.0.0', '">=1 <"', '1.0.0', '[./more.yaml]', '[./spec.yaml]', '[./order.schema.json]', '[.]', '["./\\u0000"]'],
  ...['toString', '__proto__', 'constructor', '{ $ref: "#" }', '{ $ref: "#/$defs/a", $defs: { a: { $ref: "#" } } }'],
  ...['{ type: nope }', '{ type: object, required: a }', '{ pattern: "(" }', '{ allOf: [] }', '{ type: [object, 5] }'],
  ...['{ $ref: "https://example.com/x" }', '{ $id: "x", $ref: "y" }', '{ enum: [] }', '{ properties: [] }', 'true # x'],
]

/** Bits of YAML and of the languages inside it. */
export const pieces: readonly string[] = [
  ...['\n', '\r', '\r\n', '\t', ' ', '  ', ': ', ':', '- ', '-', '[', ']', '{', '}', '"', "'", '|', '>', '#', ' #'],
  ...['&a ', '*a', '&__proto__ ', '<<: ', '<<: *a\n', '<<: [*a, *a]\n', '!x ', '!!map ', '!<tag:x> ', '? ', ',', '~'],
  ...['---\n', '...\n', '%YAML 1.1\n', '%TAG ! x\n', '\uFEFF', '\0', '\u0001', '\u007f', '\u0085', '\u2028', '\\'],
  ...['😀', '\ud800', '\udc00', '\ufffe', 'é', 'e\u0301', '\u202e', '${', '${A', '}', '{{', '}}', '{%', '%}', '{#'],
  ...['__proto__: {}', 'constructor', '1e999', '99999999999999999999', '$', '@', '`', '%', '&', '*', '!', '|2', '>+'],
  ...['# agentspec: ignore AS4007\n', '# agentspec: ignore\n', '"\\x', '"\\u12', "''", '""', '[]: ', '{}: ', ' : '],
]
