/** The licences of the packages whose code is bundled into `dist/`. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface PackageManifest {
  readonly name: string
  readonly version: string
  readonly license?: string
}

/**
 * Names every package that one of the modules is from, with its version and the text of its licence.
 *
 * @throws Error for a package that comes without a licence: it must not be bundled.
 */
export function licensesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((id) => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id) ?? []))
  // The same version may be installed in several places.
  const parts = new Set([...folders].sort().map(licenseOf))
  return `The files in this folder contain code of these packages.\n\n${[...parts].join('\n')}`
}

function licenseOf(folder: string): string {
  const manifest: PackageManifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const file = readdirSync(folder).find((name) => /^licen[cs]e(?:\.(?:md|txt))?$/i.test(name))
  if (file === undefined || manifest.license === undefined)
    throw new Error(`${manifest.name} comes without a licence: do not bundle it`)
  const title = `${manifest.name} ${manifest.version} (${manifest.license})`
  return `${title}\n${'-'.repeat(title.length)}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
