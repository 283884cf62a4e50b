import { constants } from 'node:fs'
import { access, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { EnvironmentError, systemCode } from '../core/errors.ts'
import { withFileLock } from '../core/file-lock.ts'
import { replaceFile, targetOf } from '../core/replace-file.ts'
import { blockHosts, withBlock, withoutBlock } from './block.ts'
import { whyUnwritten } from '../core/full-disk.ts'

/** Undefined when there is none. */
export const readHostsFile = async (file: string): Promise<Buffer | undefined> => {
  try {
    return await readFile(file)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw refused(file, error)
  }
}

/** Makes the file hold this cluster's block with exactly these hosts; true when that changed something. Throws `hosts-file`. */
export const applyHosts = (
  file: string,
  name: string,
  hosts: readonly string[],
  signal?: AbortSignal,
  address?: string,
): Promise<boolean> => edit(file, (bytes) => withBlock(bytes, name, hosts, address), signal)

/** Takes this cluster's block out, and the file with it if it was made for the block; true when that changed something. */
export const removeHosts = (file: string, name: string, signal?: AbortSignal): Promise<boolean> =>
  edit(file, (bytes) => bytes && withoutBlock(bytes, name), signal)

/** The hosts that this cluster's block maps. */
export const showHosts = async (file: string, name: string): Promise<readonly string[]> =>
  blockHosts(await readHostsFile(file), name)

/** Whether this process may write the file, or make it where there is none. */
export const mayWrite = async (file: string): Promise<boolean> => {
  const target = await targetOf(file).catch(() => file)
  const answer = await allowed(target)
  return answer === 'yes' || (answer === 'ENOENT' && (await allowed(dirname(target))) === 'yes')
}

/** `yes`, or the code of what refuses it. */
const allowed = (path: string): Promise<string> => access(path, constants.W_OK).then(() => 'yes', systemCode)

type Edit = (bytes: Buffer | undefined) => Buffer | undefined

const edit = async (file: string, change: Edit, signal: AbortSignal | undefined): Promise<boolean> => {
  const before = await readHostsFile(file)
  if (same(before, change(before))) return false
  // All paths to one file share its lock; the file of a link is what gets replaced.
  const target = await targetOf(file)
  try {
    return await withFileLock(target, { signal }, () => once(target, change))
  } catch (error) {
    // The file may be written although its folder may not (containers, a loosened /etc/hosts): no lock can stand there.
    if (!['EACCES', 'EPERM', 'EROFS'].includes(systemCode(error))) throw refused(file, error)
  }
  try {
    return await untilItStays(target, change)
  } catch (error) {
    throw refused(file, error)
  }
}

const once = async (file: string, change: Edit): Promise<boolean> => {
  const before = await readHostsFile(file)
  const after = change(before)
  if (same(before, after)) return false
  if (after === undefined) await rm(file, { force: true })
  else await replaceFile(file, after)
  return true
}

/** Without a lock another run may write over ours at the same moment: look again, and write again. */
const untilItStays = async (file: string, change: Edit): Promise<boolean> => {
  let changed = false
  for (let times = 0; times < 5; times++) {
    if (!(await once(file, change))) return changed
    changed = true
  }
  throw new Error('somebody else keeps writing it at the same time')
}

const same = (a: Buffer | undefined, b: Buffer | undefined): boolean =>
  a === undefined || b === undefined ? a === b : a.equals(b)

const refused = (file: string, cause: unknown): Error => {
  if (cause instanceof EnvironmentError) return cause
  return new EnvironmentError(
    'hosts-file',
    `The hosts file ${file} could not be changed or read: ${whyUnwritten(file, cause)}.`,
    { cause },
  )
}
