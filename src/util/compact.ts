/** Leaves out what is not there. */

/** The type of an object without its undefined members: a key that may be undefined becomes optional. */
export type Compact<T> = {
  [Key in keyof T as undefined extends T[Key] ? never : Key]: T[Key]
} & {
  [Key in keyof T as undefined extends T[Key] ? Key : never]?: Exclude<T[Key], undefined>
}

/** A copy without the members that are `undefined`. */
export function compact<T extends object>(members: T): Compact<T>
export function compact(members: object): object {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}

/** A copy of a map with every value mapped. */
export function mapValues<From, To>(
  map: Readonly<Record<string, From>>,
  mapValue: (value: From, key: string) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, mapValue(value, key)]))
}
