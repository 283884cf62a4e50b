import { readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isAddress, unpinned } from '../../core/address.ts'
import { messageOf, systemCode } from '../../core/errors.ts'
import { isPattern, matching } from '../../core/glob.ts'
import type { Problem } from '../../core/problem.ts'
import { withoutLogin } from '../../core/without-login.ts'
import type { Render } from '../helm/template-output.ts'
import { keptAt, unpinnedProblem } from './fetched.ts'
import { inFile, parseObjects } from '../yaml/parse.ts'

const readable = /\.(?:ya?ml|json)$/i

/** The files that paths name, each once: a folder stands for the .yaml, .yml and .json files in it and below, sorted. Hidden ones are left out. */
export const manifestFiles = async (paths: readonly string[]): Promise<readonly string[]> => {
  const files = (await Promise.all(paths.map((path) => filesIn(path)))).flat()
  const real = await Promise.all(files.map((file) => realpath(file).catch(() => file)))
  return files.filter((_, index) => real.indexOf(real[index] ?? '') === index)
}

const filesIn = async (path: string, within: readonly string[] = []): Promise<readonly string[]> => {
  if (isPattern(path)) return (await matching(path)).filter((file) => readable.test(file))
  if (!(await isFolder(path))) return [path]
  // A link to a folder that it lies in would go round in circles.
  const real = await realpath(path)
  if (within.includes(real)) return []
  const entries = await readdir(path, { withFileTypes: true })
  const parts = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry): Promise<readonly string[]> => {
        const full = join(path, entry.name)
        if (await isFolder(full)) return filesIn(full, [...within, real])
        return readable.test(entry.name) ? [full] : []
      }),
  )
  return parts.flat()
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => undefined))?.isDirectory() ?? false

/** The objects of plain files, in the order of the paths. A kustomization file in a folder is said: it is no manifest. */
export const readManifests = async (paths: readonly string[], cacheFolder: string): Promise<Render> => {
  const addresses = paths.filter(isAddress)
  const files = await manifestFiles(paths.filter((path) => !isAddress(path)))
  const parts = await Promise.all(
    files.map(async (file): Promise<Render> => {
      if (/(?:^|[\\/])[Kk]ustomization(?:\.ya?ml)?$/.test(file))
        return { documents: [], problems: [kustomization(file)] }
      const text = await readFile(file, 'utf8').catch((error: unknown) => unreadable(file, error))
      if (typeof text !== 'string') return { documents: [], problems: [text] }
      const { objects, problems } = parseObjects(text, { place: inFile(file) })
      return { documents: objects, problems }
    }),
  )
  const fetched = await Promise.all(
    addresses.map(async (address): Promise<Render> => {
      const text = await readFile(keptAt(address, cacheFolder), 'utf8')
      const { objects, problems } = parseObjects(text, { place: inFile(withoutLogin(unpinned(address))) })
      return { documents: objects, problems: [...problems, ...unpinnedProblem(address, text, cacheFolder)] }
    }),
  )
  const all = [...parts, ...fetched]
  const empty = paths.length > 0 && all.length === 0 ? [nothing(paths[0] ?? '')] : []
  return {
    documents: all.flatMap(({ documents }) => documents),
    problems: [...empty, ...all.flatMap(({ problems }) => problems)],
  }
}

const unreadable = (file: string, error: unknown): Problem => ({
  severity: 'error',
  message:
    systemCode(error) === 'ENOENT' || systemCode(error) === 'ELOOP'
      ? 'This leads nowhere: the file is not there.'
      : `This cannot be read: ${messageOf(error)}.`,
  at: { file },
  hint: `ls -l ${file}`,
})

const kustomization = (file: string): Problem => ({
  severity: 'warning',
  message: 'This is a kustomization, and the folder is read as plain manifests: it is left out.',
  at: { file },
  hint: 'If it should count, write `deploy: { kustomize: FOLDER }`.',
})

const nothing = (path: string): Problem => ({
  severity: 'error',
  message: `There is no .yaml, .yml or .json file in ${path}.`,
  at: { file: join(path) },
})
