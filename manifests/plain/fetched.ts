import { createHash } from 'node:crypto'
import { withLine } from '../../cluster/tools/line.ts'
import { fetchText } from '../../cluster/tools/transfer.ts'
import { pinOf, unpinned } from '../../core/address.ts'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { ConfigError, EnvironmentError } from '../../core/errors.ts'
import type { Place, Problem } from '../../core/problem.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { isFetched, keptAt } from './kept.ts'

type Fetching = {
  readonly cacheFolder: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Where the address stands in the file. */
  readonly at: Place
}

/**
 * Fetches a manifest once; from then on the copy in the cache counts. Throws ConfigError where it is not what it is
 * pinned to, EnvironmentError `manifest-unreachable`.
 */
export const fetchManifest = async (address: string, { cacheFolder, env, signal, at }: Fetching): Promise<void> => {
  if (isFetched(address, cacheFolder)) return
  const shown = withoutLogin(unpinned(address))
  const { text } = await withLine({ env, signal }, (line) => fetchText(unpinned(address), line)).catch(
    (error: unknown) => {
      if (!(error instanceof EnvironmentError)) throw error
      throw new EnvironmentError(
        'manifest-unreachable',
        `The manifest ${shown} could not be fetched: ${error.message}`,
        {
          hints: [...error.hints, 'A copy beside the file works without a network: manifests: [./copy.yaml]'],
          cause: error,
        },
      )
    },
  )
  const found = sha256(text)
  const pin = pinOf(address)
  if (pin !== undefined && found !== pin) {
    const message = `${shown} is not what it is pinned to: its sha256 is ${found}.`
    throw new ConfigError(message, {
      problems: [{ severity: 'error', message, at, hint: 'Look at what changed, and pin that.' }],
    })
  }
  await writeFileAtomic(keptAt(address, cacheFolder), text, { mode: 0o600 })
}

/** What is worth knowing of an address whose copy is at hand: an unpinned one may be another file for somebody else. */
export const unpinnedProblem = (address: string, text: string, cacheFolder: string): readonly Problem[] =>
  pinOf(address) === undefined
    ? [
        {
          severity: 'warning',
          message: `${withoutLogin(address)} is not pinned: what was fetched once counts here, and others may get something else.`,
          at: { file: withoutLogin(address) },
          hint: `Pin it: ${withoutLogin(unpinned(address))}#sha256=${sha256(text)}   # or fetch it again: rm ${keptAt(address, cacheFolder)}`,
        },
      ]
    : []

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
