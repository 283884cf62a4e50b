import type { SmokeConfig } from '../../config/config.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import { contentType } from './content-type.ts'
import { mismatch } from './mismatch.ts'
import { servicePorts, type ServicePort } from './service-ports.ts'
import { beginningOf, type Try } from './try.ts'
import { seconds } from './unreachable.ts'

/** The inside of the cluster, for tests of a Service. */
export type Inside = {
  readonly namespace: string
  kube(): Promise<Kube>
  /** Why a TCP connection from a node is not accepted; undefined when it is. */
  connect(to: { readonly address: string; readonly port: number }, signal: AbortSignal): Promise<string | undefined>
}

/** What is asked, as a pod of another namespace would write it. */
export const serviceUrl = ({ service = '', path, tcp, port = tcp }: SmokeConfig, namespace: string): string =>
  `${path === undefined ? 'tcp' : 'http'}://${service}.${namespace}.svc${port === undefined || (port === 80 && path !== undefined) ? '' : `:${port}`}${path ?? ''}`

/**
 * Asks a Service past the Ingress: with a path one of its ready endpoints, without one whether it accepts connections.
 * `timeoutMs` is for the answer. Throws EnvironmentError when the cluster itself cannot be asked.
 */
export const tryService = async (
  smoke: SmokeConfig,
  inside: Inside,
  stop: AbortSignal,
  timeoutMs: number,
): Promise<Try> => {
  const { service: name = '', tcp, port = tcp } = smoke
  const { namespace } = inside
  const kube = await inside.kube()
  const found = await servicePorts(kube, { namespace, name }, port)
  if ('fault' in found) return { ok: false, message: found.fault }
  stop.throwIfAborted()
  // What it took to find the way there is not the application's time.
  const signal = AbortSignal.any([stop, AbortSignal.timeout(timeoutMs)])
  return smoke.path === undefined
    ? accepts(found.ports, name, inside, stop)
    : answers(smoke, smoke.path, found.ports, { kube, namespace, name, timeoutMs }, signal)
}

const accepts = async (
  ports: readonly ServicePort[],
  name: string,
  inside: Inside,
  stop: AbortSignal,
): Promise<Try> => {
  for (const { port, targetPort, address, addressPort } of ports) {
    const why = await inside.connect({ address, port: addressPort }, stop)
    if (why !== undefined)
      return {
        ok: false,
        message: /refused/i.test(why)
          ? refused(name, targetPort)
          : `The Service is at fault: port ${port} of ${name} cannot be connected to (${why}).`,
      }
  }
  return { ok: true }
}

const answers = async (
  smoke: SmokeConfig,
  path: string,
  ports: readonly ServicePort[],
  asked: { readonly kube: Kube; readonly namespace: string; readonly name: string; readonly timeoutMs: number },
  signal: AbortSignal,
): Promise<Try> => {
  const { kube, namespace, name, timeoutMs } = asked
  const [only] = ports
  if (!only || ports.length > 1)
    return {
      ok: false,
      message: `Service ${name} has the ports ${ports.map(({ port }) => port).join(', ')}: say which one answers, such as \`port: ${only?.port ?? 80}\`.`,
    }
  const { method, headers, body } = smoke
  const { port, targetPort, secure } = only
  const host = `${name}.${namespace}.svc${port === (secure ? 443 : 80) ? '' : `:${port}`}`
  const request = {
    namespace,
    service: name,
    port,
    secure,
    method,
    path,
    headers: { host, ...contentType(smoke), ...headers },
  }
  const answer = await kube
    .askService({ ...request, ...(body === undefined ? {} : { body }) }, signal)
    .catch((error: unknown) => {
      if (signal.aborted) return undefined
      throw error
    })
  if (!answer)
    return {
      ok: false,
      message: `The application is at fault: a pod behind ${name} takes the request and did not answer within ${seconds(timeoutMs)}.`,
    }
  if ('unanswered' in answer) return { ok: false, message: unanswered(answer.unanswered, name, targetPort, secure) }
  const wrong = mismatch(smoke, answer)
  const said = beginningOf(answer.body)
  if (wrong === undefined) return { ok: true, status: answer.status, body: said }
  return {
    ok: false,
    status: answer.status,
    body: said,
    message: `The application answers, but not as it should: ${wrong}.`,
  }
}

const refused = (name: string, targetPort: number): string =>
  `The Service is at fault: the pods behind ${name} refuse connections at ${targetPort}, its target port. Does the application listen there, and not on 127.0.0.1 alone?`

/** The API server's proxy says why no endpoint answered: whose fault that is. */
const unanswered = (words: string, name: string, targetPort: number, secure: boolean): string => {
  const why = words.replace(/^error trying to reach service: /, '')
  if (/connection refused/.test(why)) return refused(name, targetPort)
  if (/malformed HTTP|EOF|TLS handshake|tls:|connection reset/.test(why))
    return `The application is at fault: ${targetPort}, the target port of ${name}, accepts connections and speaks no ${secure ? 'HTTPS' : 'HTTP'} (${why}).`
  return `The Service is at fault: no pod behind ${name} could be asked (${why}).`
}
