import type { Config } from '../../config/config.ts'
import { ConfigError, EnvironmentError } from '../../core/errors.ts'
import { identified } from '../../core/identity.ts'
import type { Status, Step } from '../../core/step.ts'
import { whyNoApi, type Access } from '../kind/access.ts'
import type { Existing } from './inspect.ts'
import { markTaken, readExistingMark, takeExistingMark } from './mark.ts'

type Parts = {
  readonly config: Config
  readonly context: string
  readonly access: Access
  probe(): Promise<Existing>
  forget(): void
}

/** The cluster of a context: it answers, and this file uses it. */
export const existingApiStep = ({ config, context, access, probe }: Parts): Step => {
  const { existing } = config.cluster
  const status = async (): Promise<Status> => {
    try {
      await probe()
      const mark = await readExistingMark(await access.kube(), context)
      const taken = markTaken(config, context, mark)
      if (taken) return { state: 'absent', refusal: taken }
      return mark ? { state: 'ready' } : { state: 'absent' }
    } catch (error) {
      if (!(error instanceof EnvironmentError)) throw error
      if (error.code === 'context-missing') throw atItsLine(error, config)
      return ['not-ours', 'name-taken'].includes(error.code)
        ? { state: 'absent', refusal: error }
        : { state: 'broken', why: error.message }
    }
  }
  return {
    ...identified({ kind: 'cluster', name: 'api' }),
    title: existing ? `Cluster of context ${context} (${existing.provider})` : `Cluster of context ${context}`,
    dies: 'by-itself',
    status,
    up: async () => {
      const why = await whyNoApi(access)
      if (why !== undefined)
        throw new EnvironmentError('api-unreachable', `The cluster of context ${context} does not answer: ${why}`, {
          hints: [`kubectl --context ${context} get nodes`],
        })
      const { hosts, name, file } = config
      const hostsFile = hosts.mode === 'file' ? { hostsFile: hosts.file } : {}
      await takeExistingMark(await access.kube(), context, { name, config: file, ...hostsFile })
    },
    // It was there before.
    down: () => Promise.resolve(),
  }
}

/** A context that is not there is a mistake in the file, where nothing else is. */
export const atItsLine = (error: EnvironmentError, { at }: Pick<Config, 'at'>): ConfigError =>
  new ConfigError(error.message, {
    code: error.code,
    // The first is said at the line.
    hints: error.hints.slice(1),
    problems: [
      {
        severity: 'error',
        message: error.message,
        at: at(['cluster', 'context']),
        ...(error.hints[0] === undefined ? {} : { hint: error.hints[0] }),
      },
    ],
  })
