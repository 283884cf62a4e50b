import { boundSignal, waiting } from '../../core/bound.ts'
import { stopReason } from '../../core/errors.ts'
import { http } from '../../core/http.ts'
import type { Engine } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'
import { clusterContainers } from '../kind/situation.ts'
import type { RegistryContainer } from './served.ts'

type Question = {
  readonly engine: Engine
  /** Whose nodes may be asked through. */
  readonly cluster: string
  readonly container: Pick<RegistryContainer, 'name' | 'port' | 'hostPort'>
  /** `/v2/` */
  readonly path: string
  readonly accept?: string
}

/** The head of an answer of a registry: names of headers are lower case. */
export type Head = { readonly status: number; readonly headers: Readonly<Record<string, string>> }

const timeoutMs = 5_000

/**
 * What a registry answers to HEAD. It is asked from outside, because its image may hold nothing but the registry: at its
 * port of this machine, and else through a node of the cluster, whose image has curl. Where neither is there (no cluster,
 * an engine on another machine) its own wget is tried. `no way` where it has none, so that nothing is known.
 */
export const headOf = async (question: Question): Promise<Head | 'no answer' | 'no way'> =>
  (await fromHere(question)) ?? (await throughNode(question)) ?? (await inside(question))

const fromHere = async ({ engine, container: { hostPort }, path, accept }: Question): Promise<Head | undefined> => {
  if (hostPort === undefined || (await engine.reach()).host !== undefined) return undefined
  const signal = boundSignal()
  if (signal?.aborted) throw stopReason(signal)
  const head = new Promise<Head | undefined>((resolve, reject) => {
    const { Agent, request } = http()
    const asked = request({
      host: '127.0.0.1',
      port: hostPort,
      path,
      method: 'HEAD',
      headers: accept === undefined ? {} : { accept },
      // Its own: the one of all requests may go through a proxy.
      agent: new Agent(),
      timeout: timeoutMs,
      ...(signal && { signal }),
    })
    asked.once('response', ({ statusCode = 0, headers }) => {
      const texts = Object.entries(headers).map(([name, value]) => [name, String(value)] as const)
      resolve({ status: statusCode, headers: Object.fromEntries(texts) })
      asked.destroy()
    })
    asked.once('timeout', () => asked.destroy())
    const nobody = (): void => (signal?.aborted ? reject(stopReason(signal)) : resolve(undefined))
    asked.once('close', nobody)
    asked.once('error', nobody)
    asked.end()
  })
  return waiting(`the registry at 127.0.0.1:${hostPort} has not answered`, () => head)
}

const throughNode = async (question: Question): Promise<Head | 'no answer' | undefined> => {
  const { engine, cluster, container, accept, path } = question
  const containers = await clusterContainers(engine, cluster)
  const nodes = [...withRole(containers, 'control-plane'), ...withRole(containers, 'worker')]
  const node = nodes.find(({ running }) => running)
  if (!node) return undefined
  const header = accept === undefined ? [] : ['--header', `Accept: ${accept}`]
  const words = ['curl', '--silent', '--head', '--noproxy', '*', '--max-time', String(timeoutMs / 1000), ...header]
  const { stdout, code } = await said(engine, node.name, [
    ...words,
    `http://${container.name}:${container.port}${path}`,
  ])
  return isMissing(code) ? undefined : (headIn(stdout) ?? 'no answer')
}

const inside = async ({
  engine,
  container: { name, port },
  accept,
  path,
}: Question): Promise<Head | 'no answer' | 'no way'> => {
  const header = accept === undefined ? [] : ['--header', `Accept: ${accept}`]
  const words = ['wget', '-S', '-q', '-T', String(timeoutMs / 1000), '-Y', 'off', '--spider', ...header]
  const { stderr, code } = await said(engine, name, [...words, `http://127.0.0.1:${port}${path}`])
  return headIn(stderr) ?? (isMissing(code) ? 'no way' : 'no answer')
}

/** What engines answer for a program that is not in the image. */
const isMissing = (code: number): boolean => code >= 126 && code <= 128

/** A container may stop meanwhile: that is no answer, and nothing else. */
const said = (engine: Engine, container: string, words: readonly string[]) =>
  engine.exec(container, words, { okCodes: Array.from({ length: 256 }, (_, code) => code) }).catch((error: unknown) => {
    if (boundSignal()?.aborted) throw error
    return { stdout: '', stderr: '', code: 1 }
  })

/** From lines as they come, with spaces before them or not. */
const headIn = (text: string): Head | undefined => {
  const status = /^\s*HTTP\/\S+ (\d+)/m.exec(text)?.[1]
  if (status === undefined) return undefined
  const headers = text.matchAll(/^\s*([\w-]+):[ \t]*(.*?)\s*$/gm)
  return {
    status: Number(status),
    headers: Object.fromEntries([...headers].map(([, name = '', value = '']) => [name.toLowerCase(), value])),
  }
}
