import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { ToolName } from '../../../../config/config.ts'
import { makeRun } from '../../../../core/run.ts'
import { makeHelm, type Helm } from '../../../../manifests/helm/helm.ts'
import { realTool } from '../../../support/real-tools.ts'

export const fixtures = fileURLToPath(new URL('../../../fixtures/manifests', import.meta.url))

export const kubectl = realTool('kubectl')

const realHelm = <Major extends 3 | 4>(major: Major) => ({ major, path: realTool(`helm${major}`) ?? '' })

/** For what kindup does itself, whichever helm it has; an empty path where it is missing, for `skipIf`. */
export const helm4 = realHelm(4)

/** The real helms of this machine, for where they differ. */
export const helms = [realHelm(3), helm4] as const

export const toolsWith = (paths: { readonly helm?: { readonly major: number; readonly path: string } }) => {
  const found = (name: ToolName, path: string | undefined, version: string) => () =>
    path === undefined
      ? Promise.reject(new Error(`this test has no ${name}`))
      : Promise.resolve({ name, path, version, from: 'path' as const })
  return {
    kind: found('kind', undefined, ''),
    kubectl: found('kubectl', kubectl, '1.36.2'),
    helm: found('helm', paths.helm?.path, `${paths.helm?.major}.20.0`),
  }
}

/** A temporary folder that is removed at the end of the test. */
export const temporary = async (): Promise<AsyncDisposable & { readonly folder: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-test-'))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

export const helmIn = (cacheFolder: string, helm: { readonly major: number; readonly path: string }): Helm =>
  makeHelm({ run: makeRun(), tools: toolsWith({ helm }), cacheFolder })
