import { existsSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const inPackage = join('docs', 'kindup.schema.json')

/** Where editors find the schema from a folder: the project's own kindup, else the one that runs. */
export const schemaPath = (folder: string, running: string | undefined = runningPackage()): string => {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, 'node_modules', 'kindup', inPackage)
    if (existsSync(path)) return shown(folder, path)
    if (dirname(at) === at) break
  }
  const own = running === undefined ? undefined : join(running, inPackage)
  // Where none is there yet, `npm i -D kindup` puts it there. What npx keeps for itself is on this machine alone, and goes.
  const stays = own !== undefined && !own.includes(`${sep}_npx${sep}`)
  return stays && existsSync(own) ? shown(folder, own) : './node_modules/kindup/docs/kindup.schema.json'
}

const shown = (folder: string, path: string): string => {
  const near = relative(folder, path).split(sep).join('/')
  return near.startsWith('../') ? near : `./${near}`
}

/** The folder of the package that runs: a checkout, or the published one whose files are in dist/. */
function runningPackage(): string | undefined {
  return ['../..', '../../..']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(join(path, 'package.json')))
}
