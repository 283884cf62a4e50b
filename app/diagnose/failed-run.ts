import { KindupError } from '../../core/errors.ts'
import { contextOf } from '../../core/walk.ts'
import type { App } from '../app.ts'
import type { Environment } from '../environment.ts'
import { diagnosed, StepsFailed } from '../steps-failed.ts'

/** Who waits for the page of a failure waits no longer than this for what is to be seen of it. */
const patienceMs = 30_000

/** Does the work; where steps of it fail, what is to be seen of the cluster is written down and comes with the error. */
export const diagnosing = async <T>(
  { app, environment }: { readonly app: App; readonly environment: Environment },
  work: () => Promise<T>,
): Promise<T> => {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof StepsFailed) || error.code === 'stopped' || app.signal.aborted) throw error
    throw await withDiagnosis(app, environment, error)
  }
}

const withDiagnosis = async (app: App, environment: Environment, error: StepsFailed): Promise<StepsFailed> => {
  const { config, cluster, secrets, settings } = environment
  const signal = AbortSignal.any([app.signal, AbortSignal.timeout(patienceMs)])
  try {
    const { writeDiagnosis } = await import('./write-diagnosis.ts')
    const diagnosis = await writeDiagnosis(
      app,
      {
        name: config.name,
        ...(config.cluster.context === undefined ? { engine: cluster.engine } : {}),
        kube: () => cluster.kube(contextOf({ signal, timeoutMs: patienceMs }, 'diagnose')),
        secrets: secrets.hidden.texts,
        files: {
          'kindup.yaml': app.looks.files(config.file)?.toString('utf8') ?? '',
          'settings.json': JSON.stringify(settings, undefined, 2),
          'plan.json': JSON.stringify(error.ends, undefined, 2),
          'commands.log': app.ran.join('\n'),
        },
        findings: [],
        failed: error.message,
      },
      signal,
    )
    return diagnosed(error, diagnosis)
  } catch (thrown) {
    // The failure itself is what has to be told.
    if (thrown instanceof KindupError || signal.aborted) return error
    throw thrown
  }
}
