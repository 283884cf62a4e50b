import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { listAt, numberAt, textAt, valueAt } from '../../core/fields.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { Timeline, TimelineRow } from './page.ts'

/** Keeps when each step of a run ran, for the page of `ui`: ids and times, nothing else. One that did nothing replaces none. */
export const noteLastRun = async (
  cacheFolder: string,
  cluster: string,
  timeline: Timeline,
  now: Date,
): Promise<void> => {
  if (timeline.rows.every(({ result }) => result === 'unchanged')) return
  // It is worth no word to anybody: the page just shows less.
  await writeFileAtomic(fileOf(cacheFolder, cluster), JSON.stringify({ ...timeline, at: now.toISOString() })).catch(
    () => undefined,
  )
}

/** The timeline of the last run here that changed a cluster of this name; undefined where none is known. */
export const readLastRun = async (cacheFolder: string, cluster: string): Promise<Timeline | undefined> => {
  try {
    const read: unknown = JSON.parse(await readFile(fileOf(cacheFolder, cluster), 'utf8'))
    const [seconds, ahead, at] = [numberAt(read, 'seconds'), numberAt(read, 'ahead'), textAt(read, 'at')]
    const rows = listAt(read, 'rows').map(rowOf)
    const known = rows.filter((row) => row !== undefined)
    if (seconds === undefined || ahead === undefined || at === undefined || known.length < rows.length) return undefined
    return { seconds, ahead, at, rows: known }
  } catch {
    return undefined
  }
}

const rowOf = (one: unknown): TimelineRow | undefined => {
  const [id, result] = [textAt(one, 'id'), textAt(one, 'result')]
  const [started, seconds] = [numberAt(one, 'started'), numberAt(one, 'seconds')]
  if (id === undefined || result === undefined || started === undefined || seconds === undefined) return undefined
  const [prepared, waitedFor] = [numberAt(one, 'prepared'), textAt(one, 'waitedFor')]
  return {
    id,
    result,
    started,
    seconds,
    ...(prepared !== undefined && { prepared }),
    ...(waitedFor !== undefined && { waitedFor }),
    isCritical: valueAt(one, 'isCritical') === true,
  }
}

const fileOf = (cacheFolder: string, cluster: string): string =>
  join(cacheFolder, 'times', `run-${hashOf(cluster)}.json`)
