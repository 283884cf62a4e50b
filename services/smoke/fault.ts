import type { SmokeConfig } from '../../config/config.ts'
import type { Answer } from './request.ts'
import type { Where } from './where.ts'

/** Who is at fault for an answer that the ingress gave itself, or undefined when the application gave it. */
export const answerFault = (answer: Answer, { path = '/' }: SmokeConfig, where: Where): string | undefined => {
  if (!isOwn(answer)) return undefined
  const { status } = answer
  switch (status) {
    case 404:
      return `The Ingress is at fault: it has no rule for ${where.hostname}${path} (404 of its default backend).`
    case 503:
      return `The Service is at fault: the Ingress has a rule for ${where.hostname}, but no endpoint behind it (503). No pod is ready, or its selector or port matches none.`
    case 502:
      return `The Service is at fault: its pods do not accept connections at its target port (502 of the Ingress).`
    case 504:
      return `The application is at fault: its pod accepts connections and does not answer in time (504 of the Ingress).`
    default:
      return undefined
  }
}

/** The controller's own pages: it signs them without a version, which an nginx of the application's does not unless told. */
const isOwn = ({ body }: Answer): boolean =>
  /<hr><center>(nginx|openresty)<\/center>/.test(body) || body.trim() === 'default backend - 404'
