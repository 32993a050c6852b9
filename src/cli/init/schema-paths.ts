/** Where an editor finds the schemas, seen from the folder of a spec. */
import { existsSync } from 'node:fs'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * A schema of the package: the one installed for the project where there is one (a path that holds on every machine),
 * else that of the package that is running. `null` when the package has no such schema.
 *
 * @param folder Absolute, the folder of the file that names the schema.
 * @param packageFolder Absolute, the package that is running.
 */
export function schemaPath(file: string, folder: string, packageFolder: string): string | null {
  const installed = nearestInstalled(file, folder)
  const target = installed ?? join(packageFolder, 'schemas', file)
  if (!existsSync(target)) return null
  const path = relative(folder, target)
  // Another drive, or a space, which ends the path in the comment.
  if (isAbsolute(path) || /\s/.test(path)) return pathToFileURL(target).href
  const posixPath = path.split(sep).join('/')
  return posixPath.startsWith('.') ? posixPath : `./${posixPath}`
}

function nearestInstalled(file: string, folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const candidate = join(at, 'node_modules', 'agentspec', 'schemas', file)
    if (existsSync(candidate)) return candidate
    if (at === dirname(at)) return null
  }
}
