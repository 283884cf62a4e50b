import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { messageOf } from '../../core/errors.ts'
import { textAt, type Fields } from '../../core/fields.ts'
import type { Inputs } from './inputs.ts'
import { kindup } from './kindup.ts'
import { warn } from './runner.ts'

type Kept = Pick<Inputs, 'bundle' | 'snapshot' | 'folder' | 'program' | 'subject' | 'settings' | 'environments'>
type Ended = { readonly code: number; readonly document: Fields | undefined }

/** Codes of a file that another machine, other nodes or half a download left. */
const useless: readonly string[] = ['file-unfit', 'file-damaged', 'snapshot-unfit']

/**
 * Brings up from what an earlier run left, where it is there; without it where it is of no use, since a cache is no reason to fail.
 * A cluster that is there already goes on as it is, without the snapshot.
 */
export const withKept = async (kept: Kept, up: (flags: readonly string[]) => Promise<Ended>): Promise<Ended> => {
  if (kept.snapshot !== undefined && kept.environments.length > 0)
    warn('A snapshot brings up the whole file: with environments, none is used and none is written.')
  const there = filesOf(kept).filter(({ file }) => existsSync(file))
  const ended = await up(there.flatMap(({ name, file }) => [`--${name}`, file]))
  const code = textAt(ended.document, 'error', 'code') ?? ''
  if (there.length === 0) return ended
  if (code === 'cluster-there')
    return up(there.flatMap(({ name, file }) => (name === 'snapshot' ? [] : [`--${name}`, file])))
  if (!useless.includes(code)) return ended
  warn(`${textAt(ended.document, 'error', 'message') ?? code} It is made again.`)
  for (const { name, file } of there)
    await rm(file, { force: true }).catch((error: unknown) =>
      warn(`The ${name} ${file} could not be removed: ${messageOf(error)}`),
    )
  return up([])
}

/** Writes what the next run begins with, where it is not there yet. What cannot be written is said. */
export const saveKept = async (kept: Kept): Promise<void> => {
  const { folder, program, subject, settings, environments } = kept
  for (const { name, file } of filesOf(kept)) {
    if (existsSync(file)) continue
    try {
      await mkdir(dirname(file), { recursive: true })
    } catch (error) {
      warn(`The ${name} ${file} could not be written: ${messageOf(error)}`)
      continue
    }
    const words = name === 'bundle' ? ['bundle', 'save', file, ...environments] : ['snapshot', 'save', '--file', file]
    const { code } = await kindup(program, [...words, ...subject, ...settings], folder)
    if (code !== 0) warn(`The ${name} ${file} could not be written; the words above say why.`)
  }
}

/** A snapshot is of the whole of a file, and brings it up whole. */
const filesOf = ({
  bundle,
  snapshot,
  environments,
}: Pick<Kept, 'bundle' | 'snapshot' | 'environments'>): readonly {
  readonly name: 'bundle' | 'snapshot'
  readonly file: string
}[] => [
  ...(bundle === undefined ? [] : [{ name: 'bundle' as const, file: bundle }]),
  ...(snapshot === undefined || environments.length > 0 ? [] : [{ name: 'snapshot' as const, file: snapshot }]),
]
