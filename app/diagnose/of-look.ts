import type { Diagnosis } from '../../cluster/diagnose/diagnosis.ts'
import { KindupError } from '../../core/errors.ts'
import { contextOf } from '../../core/walk.ts'
import type { App } from '../app.ts'
import type { Look } from '../board/look.ts'

/** Nobody waits longer for what is to be seen of what is not ready. In milliseconds. */
const patienceMs = 30_000

/** A diagnosis of what is looked at, in the folder `out` or in one of the cache. Undefined where nobody can look. */
export const diagnosisOf = async (app: App, { environment }: Look, out?: string): Promise<Diagnosis | undefined> => {
  if (!environment) return undefined
  const { cluster, config, secrets } = environment
  const signal = AbortSignal.any([app.signal, AbortSignal.timeout(patienceMs)])
  const { writeDiagnosis } = await import('./write-diagnosis.ts')
  try {
    return await writeDiagnosis(
      app,
      {
        name: config.name,
        ...(config.cluster.context === undefined && { engine: cluster.engine }),
        kube: () => cluster.kube(contextOf({ signal, timeoutMs: patienceMs }, 'diagnose')),
        secrets: secrets.hidden.texts,
        files: {},
        findings: [],
        ...(out !== undefined && { out }),
      },
      signal,
    )
  } catch (error) {
    app.signal.throwIfAborted()
    if (error instanceof KindupError || signal.aborted) return undefined
    throw error
  }
}
