import { table } from '../core/print/table.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { wrapped } from '../core/print/wrapped.ts'
import type { Credential, Endpoint } from '../core/step.ts'
import type { PathPart } from '../core/timeline.ts'
import type { StepResult } from '../core/walk.ts'
import { smokeDocument } from '../services/smoke/document.ts'
import type { SmokeResult } from '../services/smoke/smoke.ts'
import type { Environment } from './environment.ts'

/** What `up` answers: the document of the contract. */
export type UpReport = {
  readonly cluster: { readonly name: string; readonly context: string; readonly kubeconfig: string }
  readonly steps: readonly StepResult[]
  /** What the whole had to wait for, one after the other. */
  readonly criticalPath: readonly PathPart[]
  readonly warnings: readonly string[]
  readonly smoke: readonly SmokeResult[]
  readonly endpoints: readonly Endpoint[]
  readonly credentials: readonly Credential[]
  /** Whether this state was kept for `kindup reset`; left out where nothing was changed, or nobody wants it. */
  readonly reset?: ResetPoint
  /** The snapshot file that the cluster was made from just now, and the digest of what it held. */
  readonly startedFrom?: { readonly file: string; readonly digest: string }
  readonly seconds: number
}

/** `seconds` is what keeping it took; `why` ends a sentence. */
type ResetPoint =
  | { readonly kept: true; readonly bytes: number; readonly seconds: number }
  | { readonly kept: false; readonly why: string; readonly seconds: number }

/** Says what came of `up`: warnings as prose, and the page or, for programs, the document. */
export const sayReport = (report: UpReport, terminal: Terminal, { json }: { readonly json: boolean }): void => {
  maskPasswords(report.credentials, terminal)
  sayWarnings(report.warnings, terminal)
  if (json)
    terminal.json({ ...report, smoke: report.smoke.map(smokeDocument), credentials: documentOf(report.credentials) })
  else printReport(report, terminal)
}

export const sayWarnings = (warnings: readonly string[], { colour, err }: Terminal): void => {
  for (const warning of new Set(warnings)) err(`${colour.yellow('!')} ${warning}`)
}

/** The page at the end of `up`: where everything is and how to log in. */
const printReport = (report: UpReport, terminal: Terminal): void => {
  const { out, outColour: colour, outColumns } = terminal
  out('')
  if (report.endpoints.length > 0) out(`${colour.bold('Endpoints')}\n${endpointTable(report.endpoints, terminal)}\n`)
  if (report.credentials.length > 0)
    out(`${colour.bold('Credentials')}\n${credentialTable(report.credentials, terminal)}\n`)
  const name = colour.bold(report.cluster.name)
  if (report.criticalPath.length > 1)
    out(colour.dim(wrapped(`All of it waited for: ${pathText(report.criticalPath)}`, outColumns)))
  out(wrapped(`${colour.green('✓')} ${name} ${whatCame(report)}. Context: ${report.cluster.context}`, outColumns))
}

/** What came of an `up`, as what follows the cluster's name in a sentence. */
export const whatCame = ({
  steps,
  seconds,
  startedFrom,
}: Pick<UpReport, 'steps' | 'seconds' | 'startedFrom'>): string => {
  const changed = steps.filter(({ result }) => result !== 'unchanged').length
  const took = `${seconds.toFixed(1)} s`
  if (startedFrom)
    return `is up, as ${startedFrom.file} has it (${took}${changed === 0 ? '' : `; ${changed} of ${steps.length} steps changed after that`})`
  return changed === 0
    ? `is as the file says; nothing was changed (${took})`
    : `is up: ${changed} of ${steps.length} steps changed in ${took}`
}

/** `cluster/api 21.3 s, cluster/nodes 9.0 s, addon/argocd 22.1 s`; what took no time is left out. */
const pathText = (path: readonly PathPart[]): string =>
  path
    .filter(({ seconds }) => seconds >= 0.1)
    .map(({ id, seconds, ahead }) => `${id}${ahead ? ' ahead' : ''} ${seconds.toFixed(1)} s`)
    .join(', ')

const endpointTable = (endpoints: readonly Endpoint[], { outColour }: Terminal): string =>
  table(endpoints.map(({ name, url }) => [name, outColour.cyan(url)]))

/** As the contract has them. */
export const documentOf = (credentials: readonly Credential[]): readonly Credential[] =>
  credentials.map(({ step: _step, ...rest }) => rest)

/** `shop`, or `shop@dev` where another login has that name too. */
const nameIn = ({ name, step = '' }: Credential, all: readonly Credential[]): string => {
  const environment = step.split('@')[1]
  return environment !== undefined && all.filter((one) => one.name === name).length > 1
    ? `${name}@${environment}`
    : name
}

/** One row a login. In a CI job's log the password is not shown: logs are kept and shared. */
export const credentialTable = (credentials: readonly Credential[], { ci }: Terminal): string =>
  table(
    credentials.map(({ username = '', password, url = '', ...one }) => [
      nameIn(one, credentials),
      username,
      url,
      // Last: a token has hundreds of characters, and whatever stood behind it stood a screen lower.
      password === undefined ? '' : ci ? '*** (hidden in CI logs; `kindup credentials --json` has it)' : password,
    ]),
  )

/** Before anything shows them. */
export const maskPasswords = (credentials: readonly Credential[], { mask }: Terminal): void => {
  for (const { password } of credentials) if (password) mask?.(password)
}

/** What is known of the values of secrets: called before a walk, and after it for what only the cluster knew or was drawn. */
export const maskSecrets = ({ secrets }: Pick<Environment, 'secrets'>, { mask }: Terminal): void => {
  for (const text of secrets.hidden.texts) mask?.(text)
}
