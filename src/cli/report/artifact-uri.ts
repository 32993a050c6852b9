/** How a file is called in reports that other programs read: a URI. */
import { isAbsolute, relative, resolve, sep } from 'node:path'
import { pathToFileURL } from 'node:url'

/** A file below the folder that a report is relative to, or, by its full address, anywhere else. */
export interface ArtifactLocation {
  readonly uri: string
  readonly uriBaseId?: typeof BASE_ID
}

/** The conventional name for the folder that relative addresses begin in. */
export const BASE_ID = '%SRCROOT%'

/** `file` is absolute or relative to `folder`. Everything that an address does not allow is percent-encoded. */
export function artifactLocation(folder: string, file: string): ArtifactLocation {
  const path = resolve(folder, file)
  const inside = relative(folder, path)
  if (inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    return { uri: pathToFileURL(path).href }
  }
  const uri = inside.split(sep).map((part) => encodeURIComponent(part.toWellFormed()))
  return { uri: uri.join('/'), uriBaseId: BASE_ID }
}

/** The address of a folder, which ends in a slash. */
export function folderUri(folder: string): string {
  return pathToFileURL(folder.endsWith(sep) ? folder : folder + sep).href
}
