import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { listAt, numberAt, textAt, valueAt } from '../../core/fields.ts'
import { hashOf } from '../../core/fingerprint.ts'
import type { SmokeResult } from '../../services/smoke/smoke.ts'

/** Keeps what the smoke tests of a cluster found last, bodies left out; steps that were not tested now keep what they had. */
export const noteTests = async (cache: string, cluster: string, results: readonly SmokeResult[]): Promise<void> => {
  if (results.length === 0) return
  const tested = new Set(results.map(({ step }) => step))
  const before = (await readTests(cache, cluster)).filter(({ step }) => !tested.has(step))
  const kept = results.map(({ body: _body, ...one }) => one)
  // As with the last run: the page just shows less.
  await writeFileAtomic(fileOf(cache, cluster), JSON.stringify([...before, ...kept]), { mode: 0o600 }).catch(
    () => undefined,
  )
}

/** What the smoke tests of a cluster of this name found last, here. */
export const readTests = async (cache: string, cluster: string): Promise<readonly SmokeResult[]> => {
  try {
    const results: unknown = JSON.parse(await readFile(fileOf(cache, cluster), 'utf8'))
    return listAt({ results }, 'results').flatMap(resultOf)
  } catch {
    return []
  }
}

const resultOf = (one: unknown): readonly SmokeResult[] => {
  const [step, name, url, message] = [
    textAt(one, 'step'),
    textAt(one, 'name'),
    textAt(one, 'url'),
    textAt(one, 'message'),
  ]
  const [ms, status, ok] = [numberAt(one, 'ms'), numberAt(one, 'status'), valueAt(one, 'ok')]
  if (step === undefined || name === undefined || url === undefined || ms === undefined || typeof ok !== 'boolean')
    return []
  return [
    { step, name, url, ok, ms, ...(status !== undefined && { status }), ...(message !== undefined && { message }) },
  ]
}

const fileOf = (cache: string, cluster: string): string => join(cache, 'times', `tests-${hashOf(cluster)}.json`)
