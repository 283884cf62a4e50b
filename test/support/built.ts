import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, globSync, mkdirSync, mkdtempSync, renameSync, rmdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'kindup-test')

/**
 * The command line as it is published, built once for the sources as they are: a process of it takes half the time of one
 * that reads hundreds of files.
 */
export const builtKindup = (): string => join(builtPackage(), 'dist', 'scripts', 'kindup.mjs')

/** The folder with the built package: its package.json and dist/. It finds its dependencies in those of the checkout. */
export const builtPackage = (): string => {
  folder ??= build(join(cache, stamp()))
  return folder
}
let folder: string | undefined

/** Another one as soon as a file that is built from is another one. */
const stamp = (): string => {
  const files = globSync(
    [
      '{addons,app,cluster,config,core,gitops,hosts,manifests,scripts,services}/**/*.{ts,mjs,json,yaml,yml,bash,zsh,fish}',
      'package*.json',
    ],
    { cwd: root },
  )
  const hash = createHash('sha256').update(process.version)
  for (const file of files.toSorted()) {
    const { size, mtimeMs } = statSync(join(root, file))
    hash.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return hash.digest('hex').slice(0, 16)
}

/** Each worker asks, and one of them builds. */
const build = (wanted: string): string => {
  mkdirSync(cache, { recursive: true })
  const turn = `${wanted}.turn`
  while (!existsSync(wanted) && !take(turn)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  try {
    if (existsSync(wanted)) return wanted
    const made = mkdtempSync(join(cache, 'new-'))
    const built = spawnSync(process.execPath, ['scripts/build.ts', join(made, 'dist')], { cwd: root, encoding: 'utf8' })
    if (built.status !== 0 || built.stderr !== '') throw new Error(`the package was not built:\n${built.stderr}`)
    cpSync(join(root, 'package.json'), join(made, 'package.json'))
    // Whatever was built from other sources is of no use any more.
    for (const old of globSync('*', { cwd: cache })) {
      const path = join(cache, old)
      if (path !== made && path !== turn && isOld(path)) rmSync(path, { recursive: true, force: true })
    }
    renameSync(made, wanted)
  } finally {
    rmSync(turn, { recursive: true, force: true })
  }
  return wanted
}

const take = (turn: string): boolean => {
  try {
    mkdirSync(turn)
    return true
  } catch {
    // Whoever had it was killed: two that build are no harm, as the last step is one rename.
    if (isOld(turn)) rmdirSync(turn)
    return false
  }
}

const isOld = (path: string): boolean =>
  Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Infinity) > 600_000
