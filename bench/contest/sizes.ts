/** What has to be installed: the packages a package needs, and their bytes. */
import { lstatSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Size {
  readonly packages: number
  readonly megabytes: number
}

interface LockFile {
  readonly packages: Readonly<Record<string, Locked>>
}

interface Locked {
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
}

/** Of packages and all they need, as the lock file of `folder` resolves them and as they are installed there. */
export function sizeOf(folder: string, names: readonly string[]): Size {
  const lock = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as LockFile
  const places = new Set<string>()
  const visit = (name: string, from: string): void => {
    const place = placeOf(lock, name, from)
    if (place === undefined || places.has(place)) return
    places.add(place)
    for (const needed of needs(lock.packages[place] ?? {})) visit(needed, place)
  }
  for (const name of names) visit(name, '')
  const bytes = [...places].map((place) => bytesIn(join(folder, place)))
  return { packages: places.size, megabytes: bytes.reduce((sum, one) => sum + one, 0) / 1e6 }
}

/** Bytes of the files in a folder, without packages nested in it. */
export function bytesIn(path: string): number {
  const stat = lstatSync(path)
  if (!stat.isDirectory()) return stat.size
  const names = readdirSync(path).filter((name) => name !== 'node_modules')
  return names.reduce((sum, name) => sum + bytesIn(join(path, name)), 0)
}

function needs({
  dependencies = {},
  peerDependencies = {},
  peerDependenciesMeta = {},
}: Locked): readonly string[] {
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true)
  return [...Object.keys(dependencies), ...peers]
}

/** Where Node would find a package from `from`: in the nearest `node_modules` upwards. */
function placeOf(lock: LockFile, name: string, from: string): string | undefined {
  for (let base = from; ; base = base.slice(0, Math.max(0, base.lastIndexOf('/node_modules/')))) {
    const place = base === '' ? `node_modules/${name}` : `${base}/node_modules/${name}`
    if (place in lock.packages) return place
    if (base === '') return undefined
  }
}
