import type { SmokeConfig } from '../config.ts'
import { parseDuration } from '../parse/duration.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { FileSmoke } from '../schema/file.ts'
import type { Scope } from './scope.ts'

const defaultTimeoutMs = 30_000

/** One smoke test with its defaults written out; a body that is no text becomes JSON. */
export const normaliseSmoke = (smoke: FileSmoke, path: Path, { findings }: Scope): SmokeConfig => {
  const { timeout, body, headers, method, json, ...rest } = smoke
  const given = (['path', 'url', 'tcp'] as const).filter((key) => smoke[key] !== undefined)
  const bare = given.length === 0 && smoke.service === undefined
  if (given.length > 1 || (bare && findings.intact(path))) {
    findings.error({
      path,
      message:
        smoke.service === undefined
          ? `${showPath(path)} needs exactly one of path, url and tcp, or a service, and has ${bare ? 'none' : given.join(' and ')}.`
          : `${showPath(path)} asks a service with at most one of path and tcp, and has ${given.join(' and ')}.`,
      hint: 'For example: - { path: /health, status: 200 }',
    })
  }
  if (smoke.tcp !== undefined && smoke.port !== undefined) {
    findings.error({
      path: [...path, 'port'],
      key: true,
      message: `${showPath([...path, 'port'])}: tcp is the port already, and says ${smoke.tcp}.`,
      hint: 'Keep one of the two.',
    })
  }
  if (smoke.service !== undefined && (smoke.url !== undefined || smoke.host !== undefined)) {
    findings.error({
      path: [...path, 'service'],
      key: true,
      message: `${showPath([...path, 'service'])} is asked inside the cluster, where ${smoke.url === undefined ? 'no host' : 'no url'} leads.`,
      hint: 'Keep service with path and port, or url alone.',
    })
  }
  const secret = Object.keys(headers ?? {}).find((name) => name.toLowerCase() === 'authorization')
  if (smoke.service !== undefined && secret !== undefined) {
    findings.error({
      path: [...path, 'headers', secret],
      key: true,
      message: `${showPath([...path, 'headers', secret])} would never arrive: the API server passes on what a Service is asked, and keeps that header for itself.`,
      hint: 'Ask through the Ingress, without service, or send what the application takes in another header.',
    })
  }
  for (const [name, value] of Object.entries(headers ?? {})) {
    const wrong = headerTrouble(name, value)
    if (wrong === undefined) continue
    findings.error({
      path: [...path, 'headers', name],
      key: true,
      message: `${showPath([...path, 'headers', name])} cannot be sent: ${wrong}.`,
    })
  }
  const timeoutMs = timeout === undefined ? defaultTimeoutMs : parseDuration(timeout)
  if (timeoutMs === undefined) {
    findings.error({
      path: [...path, 'timeout'],
      message: `${showPath([...path, 'timeout'])} is ${JSON.stringify(timeout)}: that is nothing, or more than three weeks.`,
      hint: 'For example: timeout: 30s',
    })
  }
  const isJson = body !== undefined && typeof body !== 'string'
  const hasType = Object.keys(headers ?? {}).some((name) => name.toLowerCase() === 'content-type')
  return {
    ...rest,
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(isJson && !hasType ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body }),
    ...(json === undefined ? {} : { json }),
    timeoutMs: timeoutMs ?? defaultTimeoutMs,
  }
}

/** Why HTTP knows no such header; its value is not shown. Placeholders are filled in later. */
const headerTrouble = (name: string, value: string): string | undefined => {
  if (!/^[-!#$%&'*+.^_`|~\w]+$/.test(name))
    return 'the name of a header has letters, digits and dashes, and no blank and no colon'
  return /[^\t\x20-\x7e\x80-\xff]/.test(value)
    ? 'its value has a line break, or a letter that no header takes'
    : undefined
}
