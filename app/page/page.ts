import type { Identity } from '../../core/identity.ts'
import type { Credential, Endpoint } from '../../core/step.ts'
import type { SmokeResult } from '../../services/smoke/smoke.ts'

/** What a page tells of an environment: plain data, so that whatever is secret can be taken out of all of it at once. */
export type Page = {
  /** The cluster's name. */
  readonly name: string
  /** The command, what stands behind `=` left out. */
  readonly command: string
  readonly version: string
  /** ISO 8601. */
  readonly at: string
  readonly verdict: Verdict
  readonly causes: readonly Cause[]
  /** Somebody looked at it: no run of it failed. */
  readonly isLook?: true
  /** Where all that was seen of a failure is written on the machine that ran. */
  readonly folder?: string
  readonly timeline?: Timeline
  readonly steps: readonly StepLine[]
  readonly nodes: readonly NodeLine[]
  readonly workloads: readonly WorkloadLine[]
  readonly endpoints: readonly EndpointLine[]
  readonly credentials: readonly CredentialLine[]
  readonly smoke: readonly SmokeResult[]
  readonly warnings: readonly string[]
  readonly logs: readonly LogText[]
}

/** How it ended, or stands, in a sentence. */
type Verdict = { readonly mark: Mark; readonly text: string }
export type Mark = 'well' | 'failed' | 'doubtful'

/** One cause in the words of the terminal. */
export type Cause = {
  readonly message: string
  readonly problems: readonly { readonly place?: string; readonly message: string; readonly hint?: string }[]
  readonly hints: readonly string[]
  /** What shows it, in the words of whoever said it. */
  readonly evidence: readonly string[]
}

/** When each step ran. Times in seconds after the command began. */
export type Timeline = {
  readonly seconds: number
  /** Before the first step: reading, checking, asking. */
  readonly ahead: number
  /** When that run ended, ISO 8601, where the page is not that run's own. */
  readonly at?: string
  readonly rows: readonly TimelineRow[]
}

export type TimelineRow = {
  readonly id: string
  readonly result: string
  readonly started: number
  readonly seconds: number
  /** What was done ahead for it, from the beginning of the walk. */
  readonly prepared?: number
  readonly waitedFor?: string
  readonly isCritical: boolean
}

export type StepLine = { readonly id: string; readonly mark: Mark; readonly state: string; readonly why: string }

export type NodeLine = {
  readonly name: string
  readonly role: string
  readonly labels: readonly string[]
  readonly ports: readonly string[]
  readonly version?: string
  /** Undefined where nobody could ask. */
  readonly ready?: { readonly ok: boolean; readonly why: string }
}

export type WorkloadLine = {
  readonly id: string
  readonly kind: Identity['kind']
  readonly namespace: string
  /** `argo-cd 10.1.1`, `kustomize k8s/overlays/dev`. */
  readonly source: string
  readonly images: readonly string[]
}

export type EndpointLine = Endpoint & { readonly answer?: { readonly ok: boolean; readonly said: string } }

/** `key` names it to whoever asks for its password, which is there only where somebody wanted it in the page. */
export type CredentialLine = Pick<Credential, 'name' | 'url' | 'username' | 'password'> & {
  readonly hasPassword: boolean
  readonly key?: string
}

export type LogText = { readonly name: string; readonly text: string; readonly isOpen?: boolean }
