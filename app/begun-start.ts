import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { clusterPaths } from '../cluster/paths.ts'
import type { Config } from '../config/config.ts'
import { writeFileAtomic } from '../core/atomic-write.ts'
import { textAt } from '../core/fields.ts'
import { parseJson } from '../core/whole-number.ts'
import type { App } from './app.ts'

/** The snapshot file that a cluster is being started from, while that has not ended. */
export type Begun = {
  /** Absolute path. */
  readonly file: string
  /** Of what it held then. */
  readonly digest: string
}

/** It stands with what is known of the cluster on this machine: `down` removes it. */
export const readBegun = async (app: App, { name, cluster }: Config): Promise<Begun | undefined> => {
  if (cluster.context !== undefined) return undefined
  const text = await readFile(fileFor(app, name), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const value = parseJson(text)
  return { file: textAt(value, 'file') ?? '', digest: textAt(value, 'digest') ?? '' }
}

export const writeBegun = (app: App, { name }: Config, begun: Begun): Promise<void> =>
  writeFileAtomic(fileFor(app, name), JSON.stringify(begun), { mode: 0o600 })

export const removeBegun = (app: App, { name }: Config): Promise<void> => rm(fileFor(app, name), { force: true })

const fileFor = (app: App, name: string): string => join(clusterPaths(name, app.env).folder, 'snapshot.json')
