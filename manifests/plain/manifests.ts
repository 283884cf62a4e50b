import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../../core/problem.ts'
import type { Render } from '../helm/template-output.ts'
import { inFile, parseObjects } from '../yaml/parse.ts'

const readable = /\.(?:ya?ml|json)$/i

/** The files that paths name: a folder stands for the .yaml, .yml and .json files in it and below, sorted. Hidden ones are left out. */
export const manifestFiles = async (paths: readonly string[]): Promise<readonly string[]> =>
  (await Promise.all(paths.map(filesIn))).flat()

const filesIn = async (path: string): Promise<readonly string[]> => {
  if (!(await stat(path)).isDirectory()) return [path]
  const entries = await readdir(path, { withFileTypes: true })
  const parts = await Promise.all(
    entries
      .filter(({ name }) => !name.startsWith('.'))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .map(async (entry): Promise<readonly string[]> => {
        const full = join(path, entry.name)
        const folder = entry.isDirectory() || (entry.isSymbolicLink() && (await stat(full)).isDirectory())
        if (folder) return filesIn(full)
        return readable.test(entry.name) ? [full] : []
      }),
  )
  return parts.flat()
}

/** The objects of plain files, in the order of the paths. A kustomization file in a folder is said: it is no manifest. */
export const readManifests = async (paths: readonly string[]): Promise<Render> => {
  const files = await manifestFiles(paths)
  const parts = await Promise.all(
    files.map(async (file): Promise<Render> => {
      if (/(?:^|[\\/])[Kk]ustomization(?:\.ya?ml)?$/.test(file))
        return { documents: [], problems: [kustomization(file)] }
      const { objects, problems } = parseObjects(await readFile(file, 'utf8'), { place: inFile(file) })
      return { documents: objects, problems }
    }),
  )
  const empty = paths.length > 0 && files.length === 0 ? [nothing(paths[0] ?? '')] : []
  return {
    documents: parts.flatMap(({ documents }) => documents),
    problems: [...empty, ...parts.flatMap(({ problems }) => problems)],
  }
}

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
