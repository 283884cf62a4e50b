import { registryFull, saysFull } from '../../cluster/registry/full.ts'
import { registryName } from '../../cluster/registry/names.ts'
import { EnvironmentError, messageOf, stopReason } from '../../core/errors.ts'
import { http } from '../../core/http.ts'
import type { Artifact, Blob } from './pack.ts'

/** The local registry, as it is reached from this machine at 127.0.0.1. */
export type RegistryHere = { readonly port: number; readonly signal: AbortSignal }

type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

type Question = {
  readonly method: 'HEAD' | 'POST' | 'PUT'
  readonly path: string
  readonly headers?: Readonly<Record<string, string | number>>
  readonly body?: Buffer
}

const timeoutMs = 30_000

/**
 * Puts an artifact into a repository of the registry, under its digest; only what is not there already is sent. Answers
 * whether anything was. Throws `registry-unreachable`, `registry-full`, and `not-pushed` with the registry's own words.
 */
export const push = async (repository: string, artifact: Artifact, registry: RegistryHere): Promise<boolean> => {
  const { manifest, blobs, digest } = artifact
  const path = `/v2/${repository}/manifests/${digest}`
  const there = await ask({ method: 'HEAD', path, headers: { accept: manifest.mediaType } }, registry)
  if (there.status === 200) return false
  for (const blob of blobs) await pushBlob(repository, blob, registry)
  const headers = { 'content-type': manifest.mediaType, 'content-length': manifest.bytes.length }
  const put = await ask({ method: 'PUT', path, headers, body: manifest.bytes }, registry)
  if (put.status !== 201) throw refused(repository, put, registry)
  return true
}

/** Whether a repository holds an artifact. Throws `registry-unreachable`. */
export const isPushed = async (repository: string, digest: string, registry: RegistryHere): Promise<boolean> => {
  const headers = { accept: 'application/vnd.oci.image.manifest.v1+json' }
  return (
    (await ask({ method: 'HEAD', path: `/v2/${repository}/manifests/${digest}`, headers }, registry)).status === 200
  )
}

const pushBlob = async (repository: string, { digest, bytes }: Blob, registry: RegistryHere): Promise<void> => {
  const known = await ask({ method: 'HEAD', path: `/v2/${repository}/blobs/${digest}` }, registry)
  if (known.status === 200) return
  const begin: Question = {
    method: 'POST',
    path: `/v2/${repository}/blobs/uploads/`,
    headers: { 'content-length': 0 },
  }
  const begun = await ask(begin, registry)
  const { location } = begun.headers
  if (begun.status !== 202 || typeof location !== 'string') throw refused(repository, begun, registry)
  const to = new URL(location, `http://127.0.0.1:${registry.port}`)
  to.searchParams.set('digest', digest)
  const headers = { 'content-type': 'application/octet-stream', 'content-length': bytes.length }
  const sent = await sendBody(
    { method: 'PUT', path: `${to.pathname}${to.search}`, headers, body: bytes },
    begin,
    registry,
  )
  if (sent.status !== 201) throw refused(repository, sent, registry)
}

/** One that has no room hangs up in the middle, and its answer is lost: it gives it to the next question too. */
const sendBody = async (question: Question, next: Question, registry: RegistryHere): Promise<Answer> => {
  try {
    return await ask(question, registry)
  } catch (error) {
    if (registry.signal.aborted) throw error
    const answer = await ask(next, registry)
    if (isFull(answer)) return answer
    throw error
  }
}

const isFull = ({ status, text }: Answer): boolean => status === 507 || saysFull(text)

const ask = ({ method, path, headers = {}, body }: Question, { port, signal }: RegistryHere): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { Agent, request } = http()
    const fail = (error: unknown): void =>
      reject(
        signal.aborted
          ? stopReason(signal)
          : new EnvironmentError(
              'registry-unreachable',
              `The registry localhost:${port} does not answer: ${messageOf(error)}.`,
              { hints: [`docker logs ${registryName(port)}`, 'kindup up   # starts it again'], cause: error },
            ),
      )
    // An agent of its own: the one of all requests may go through a proxy.
    const asked = request(
      { host: '127.0.0.1', port, path, method, headers, agent: new Agent(), signal, timeout: timeoutMs },
      (answer) => {
        const parts: Buffer[] = []
        answer.on('data', (part: Buffer) => parts.push(part))
        answer.once('error', fail)
        answer.once('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            text: Buffer.concat(parts).toString(),
          }),
        )
      },
    )
    asked.once('error', fail)
    asked.once('timeout', () => asked.destroy(new Error(`no answer within ${timeoutMs / 1000} s`)))
    asked.end(body)
  })

const refused = (repository: string, answer: Answer, { port }: RegistryHere): EnvironmentError =>
  isFull(answer)
    ? registryFull({ host: `localhost:${port}`, container: registryName(port), what: repository, engine: 'docker' })
    : new EnvironmentError(
        'not-pushed',
        `The registry localhost:${port} did not take ${repository}: it answered ${answer.status}${wordsIn(answer.text)}.`,
        { hints: [`docker logs ${registryName(port)}`] },
      )

/** What registries say in words: `{ errors: [{ code, message, detail }] }`. */
const wordsIn = (text: string): string => {
  const message = /"message"\s*:\s*"((?:[^"\\]|\\.)*)"/.exec(text)?.[1] ?? ''
  return message === '' ? '' : ` (${message})`
}
