import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KindupError } from '../../core/errors.ts'
import type { App } from '../app.ts'
import type { Look } from '../board/look.ts'
import type { Page } from '../page/page.ts'
import { seldom } from './seldom.ts'

export type Why = Pick<Page, 'causes' | 'logs'>

/** What is not well is looked into beside the looks, none of which waits for it, and again after `restMs` while it stays so. */
export const whyBeside = (
  lookInto: () => Promise<Why | undefined>,
  restMs: number,
): ((isWell: boolean) => Why | undefined) => {
  const ask = seldom(lookInto, restMs)
  let known: Why | undefined
  let defect: { readonly error: unknown } | undefined
  return (isWell) => {
    if (defect) {
      const { error } = defect
      defect = undefined
      throw error
    }
    if (isWell) known = undefined
    else
      ask().then(
        (why) => (known = why),
        (error: unknown) => {
          if (!(error instanceof KindupError)) defect = { error }
        },
      )
    return known
  }
}

/** A diagnosis whose folder goes once it is read: those of the cache are of what somebody did. */
export const lookInto = async (app: App, look: Look): Promise<Why | undefined> => {
  const [{ diagnosisOf }, { whyOfDiagnosis }] = await Promise.all([
    import('../diagnose/of-look.ts'),
    import('../page/of-diagnosis.ts'),
  ])
  const folder = await mkdtemp(join(tmpdir(), 'kindup-ui-'))
  try {
    const diagnosis = await diagnosisOf(app, look, folder)
    return diagnosis && whyOfDiagnosis(diagnosis)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
