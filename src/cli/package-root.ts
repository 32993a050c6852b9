/** The folder of the installed package: its package.json and its schemas. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InternalError } from '../util/invariant.ts'
import { isJsonObject } from '../util/json.ts'

/** The nearest folder upwards from this code that has a package.json. */
export function packageRoot(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder
    if (folder === dirname(folder))
      throw new InternalError(`there is no package.json above ${import.meta.dirname}`)
  }
}

/** The version of the package. */
export function packageVersion(): string {
  const content: unknown = JSON.parse(readFileSync(join(packageRoot(), 'package.json'), 'utf8'))
  const version = isJsonObject(content) ? content['version'] : undefined
  if (typeof version !== 'string') throw new InternalError('package.json has a version')
  return version
}
