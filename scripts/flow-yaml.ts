/** Writes a value as YAML on one line. */

/** A value in flow style: what can be copied into a spec. */
export function flowYaml(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flowYaml).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, member]) => `${key}: ${flowYaml(member)}`)
      .join(', ')} }`
  }
  return typeof value === 'string' && /^[A-Za-z./][\w ./<>-]*(#\w+)?$/.test(value)
    ? value
    : JSON.stringify(value)
}
