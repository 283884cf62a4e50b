import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from './atomic-write.ts'
import { hashOf } from './fingerprint.ts'
import { isRecord } from './is-record.ts'
import { median } from './median.ts'
import type { Plan } from './plan.ts'
import type { Outcome } from './walk.ts'

/** Seconds that a step of a plan usually takes on this machine: the median of its last times. Undefined: it never ended well here. */
export type Usual = (id: string) => number | undefined

/** By the hash of cluster, step and action, the last times in seconds; who was noted last stands last. Nothing else of a run is kept. */
type Times = Readonly<Record<string, readonly number[]>>

const steps = 300
const timesEach = 5

/** What earlier runs on this machine took, for the steps of a plan. A file that is away or broken tells nothing. */
export const usualTimes = async (cacheFolder: string, cluster: string, plan: Plan): Promise<Usual> => {
  const times = await readTimes(fileIn(cacheFolder))
  const known = new Map(plan.map(({ step, action }) => [step.id, times[keyOf(cluster, step.id, action)]]))
  return (id) => median(known.get(id) ?? [])
}

/** Keeps what the steps that ended well took. Of two runs at once the later one's stay; where nothing can be written, nothing is kept. */
export const noteTimes = async (
  cacheFolder: string,
  cluster: string,
  plan: Plan,
  { done }: Pick<Outcome, 'done'>,
): Promise<void> => {
  const actions = new Map(plan.map(({ step, action }) => [step.id, action]))
  const news = done.filter(({ result }) => result !== 'unchanged')
  if (news.length === 0) return
  const file = fileIn(cacheFolder)
  const times = new Map(Object.entries(await readTimes(file)))
  for (const { id, seconds } of news) {
    const key = keyOf(cluster, id, actions.get(id) ?? '')
    const all = [...(times.get(key) ?? []), seconds].slice(-timesEach)
    times.delete(key)
    times.set(key, all)
  }
  const text = JSON.stringify(Object.fromEntries([...times].slice(-steps)))
  // They are worth no word to anybody: the next run just shows less.
  await writeFileAtomic(file, text).catch(() => undefined)
}

const fileIn = (cacheFolder: string): string => join(cacheFolder, 'times', 'steps.json')

// A hash of digits alone would be an index, and stand before all others in the object.
const keyOf = (cluster: string, id: string, action: string): string => `s${hashOf([cluster, id, action])}`

const readTimes = async (file: string): Promise<Times> => {
  try {
    const read: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (!isRecord(read)) return {}
    return Object.fromEntries(Object.entries(read).filter((entry): entry is [string, number[]] => isTimes(entry[1])))
  } catch {
    return {}
  }
}

const isTimes = (value: unknown): boolean =>
  Array.isArray(value) && value.length > 0 && value.every((time) => typeof time === 'number' && time >= 0)
