import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { holdsFluxObject } from '../kustomize/files.ts'
import { manifestText } from './manifest-text.ts'
import { isAddress, unpinned } from '../../core/address.ts'
import type { Problem } from '../../core/problem.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { unpinnedProblem } from './fetched.ts'
import { keptAt } from './kept.ts'
import { manifestFiles } from './manifest-files.ts'
import { parseOutlined, type Render } from '../yaml/outlined.ts'
import { inFile } from '../yaml/parse.ts'

/** The objects of plain files, in the order of the paths. A kustomization file in a folder is said: it is no manifest. `released`: addresses need no pin. */
export const readManifests = async (
  paths: readonly string[],
  cacheFolder: string,
  { released = false }: { readonly released?: boolean } = {},
): Promise<Render> => {
  const addresses = paths.filter(isAddress)
  const files = await manifestFiles(paths.filter((path) => !isAddress(path)))
  const parts = await Promise.all(
    files.map(async (file): Promise<Render> => {
      const text = await manifestText(file)
      if (/(?:^|[\\/])[Kk]ustomization(?:\.ya?ml)?$/.test(file) && !(typeof text === 'string' && holdsFluxObject(text)))
        return { documents: [], problems: [kustomization(file)] }
      if (typeof text !== 'string') return { documents: [], problems: [text] }
      return parseOutlined(text, { place: inFile(file) })
    }),
  )
  const fetched = await Promise.all(
    addresses.map(async (address): Promise<Render> => {
      const text = await readFile(keptAt(address, cacheFolder), 'utf8')
      const { documents, problems } = parseOutlined(text, { place: inFile(withoutLogin(unpinned(address))) })
      return { documents, problems: [...problems, ...(released ? [] : unpinnedProblem(address, text, cacheFolder))] }
    }),
  )
  const all = [...parts, ...fetched]
  const empty = paths.length > 0 && all.length === 0 ? [nothing(paths[0] ?? '')] : []
  return {
    documents: all.flatMap(({ documents }) => documents),
    problems: [...empty, ...all.flatMap(({ problems }) => problems)],
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
