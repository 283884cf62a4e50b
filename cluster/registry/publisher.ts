import { EnvironmentError } from '../../core/errors.ts'
import type { Context } from '../../core/step.ts'
import type { Engine } from '../engine/engine.ts'
import { partsOf } from '../reference.ts'
import type { Parts } from '../parts.ts'
import { headOf } from './ask.ts'
import { dropHalfSent, hasSaidFull, registryFull } from './full.ts'
import type { Served } from './served.ts'

/** Puts images into the local registry of the file. */
export type Publisher = {
  /** `localhost:5001` */
  readonly host: string
  /** Whether a reference or repository names an image of this registry. */
  serves(ref: string): boolean
  /** Whether it holds the image that the engine has under that reference. */
  holds(ref: string): Promise<boolean>
  /** The digest that an image has there, undefined where it holds none of that name. */
  find(ref: string): Promise<{ readonly digest: string | undefined } | 'no answer'>
  /** Where it has said since then, as Date.now(), that it has no room for a reference: what to throw, with nothing of it left there. */
  refused(ref: string, since: number, cause?: unknown): Promise<EnvironmentError | undefined>
  /** Sends what the engine holds. Answers the digest that it has there. Throws `registry-full`. */
  push(ref: string, ctx: Context): Promise<string>
  /** Until it runs, without a cluster too: then it goes when the name of the file's cluster is taken down. */
  ensure(ctx: Context): Promise<void>
}

export const makePublisher = (served: Served, parts: Parts): Publisher => {
  const { host } = served
  const serves = (ref: string): boolean => ref.startsWith(`${host}/`)
  const find: Publisher['find'] = async (ref) => findIn(await parts.engine(), parts.config.name, served, ref)
  const digestOf = async (ref: string): Promise<string | undefined> => {
    const found = await find(ref)
    return found === 'no answer' ? undefined : found.digest
  }
  const refused: Publisher['refused'] = async (ref, since, cause) => {
    const engine = await parts.engine()
    const { name } = served.container
    if (!(await hasSaidFull(engine, name, since))) return undefined
    await dropHalfSent(engine, name, partsOf(ref).repository.slice(host.length + 1))
    return registryFull({ host, container: name, what: ref, engine: engine.command, cause })
  }
  /** Engines try a registry without room again for a minute, and say then that it failed. */
  const send = async (ref: string, signal: AbortSignal): Promise<void> => {
    const engine = await parts.engine()
    const since = Date.now()
    const givenUp = new AbortController()
    const giveUp = async (): Promise<void> => {
      const full = await refused(ref, since)
      if (full) givenUp.abort(full)
    }
    try {
      await engine.push(ref, {
        signal: AbortSignal.any([signal, givenUp.signal]),
        onLine: (line) => void (isRetry(line) && giveUp()),
      })
    } catch (error) {
      signal.throwIfAborted()
      throw (await refused(ref, since, error)) ?? error
    }
  }
  return {
    host,
    serves,
    find,
    refused,
    holds: async (ref) => {
      const engine = await parts.engine()
      const [image, digest] = await Promise.all([engine.image(ref), digestOf(ref)])
      return digest !== undefined && (image?.repoDigests ?? []).some((known) => known.endsWith(`@${digest}`))
    },
    push: async (ref, { signal, report }) => {
      report(`pushing ${ref}`)
      const engine = await parts.engine()
      await send(ref, signal)
      const digest = await digestOf(ref)
      if (digest !== undefined) return digest
      throw new EnvironmentError('not-pushed', `${ref} was pushed, and ${served.what} does not hold it.`, {
        // Only docker has contexts; any engine may have been sent elsewhere.
        hints: [
          `${engine.command} ${engine.name === 'docker' ? 'context show' : 'info'}   # another engine than the one of the cluster?`,
        ],
      })
    },
    ensure: async ({ signal, report }) => {
      const { run, env } = parts
      const { ensureServed } = await import('./container.ts')
      await ensureServed(served, parts, { engine: await parts.engine(), run, env, signal, report })
    },
  }
}

/** What an engine prints each second until it tries again. */
export const isRetry = (line: string): boolean => /\bRetrying in \d/.test(line)

const manifests = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
]

const findIn = async (
  engine: Engine,
  cluster: string,
  { container, host }: Served,
  ref: string,
): ReturnType<Publisher['find']> => {
  const { repository, tag = 'latest' } = partsOf(ref)
  const path = `/v2/${repository.slice(host.length + 1)}/manifests/${tag}`
  const head = await headOf({ engine, cluster, container, path, accept: manifests.join(',') })
  return typeof head === 'string' ? 'no answer' : { digest: head.headers['docker-content-digest'] }
}
