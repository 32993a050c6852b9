/** What strict mode knows of JSON Schema. */

/** Keywords it refuses, and that change what a value may be: there is no way to send such a schema strictly. */
export const REFUSED: readonly string[] = [
  'not',
  'if',
  'then',
  'else',
  'dependentRequired',
  'dependentSchemas',
  'patternProperties',
  'prefixItems',
  '$dynamicRef',
]

/** Keywords it refuses that only narrow a value further: left out of what is sent, checked when the value is there. */
export const DROPPED: ReadonlySet<string> = new Set([
  'uniqueItems',
  'contains',
  'minContains',
  'maxContains',
  'minProperties',
  'maxProperties',
  'propertyNames',
  'unevaluatedItems',
  'unevaluatedProperties',
  'x-sensitive',
])

/** The formats it knows; another one is left out. */
export const FORMATS: ReadonlySet<string> = new Set([
  'date-time',
  'date',
  'time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'uuid',
])

/** Keywords that say nothing about what a value may be. */
export const ANNOTATIONS: ReadonlySet<string> = new Set([
  '$comment',
  '$defs',
  '$schema',
  'contentEncoding',
  'contentMediaType',
  'contentSchema',
  'default',
  'definitions',
  'deprecated',
  'description',
  'examples',
  'readOnly',
  'title',
  'writeOnly',
  'x-sensitive',
])
