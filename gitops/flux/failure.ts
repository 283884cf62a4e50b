import type { Named } from '../named.ts'

/** Why Flux could not apply it, and of which object. */
export type FluxFailure = {
  readonly message: string
  readonly of: Named | undefined
  /** It may be otherwise in a moment: Flux is asked again. */
  readonly isPassing: boolean
}

/** `ConfigMap/dev/page dry-run failed (Forbidden): …`; kinds of the cluster have no namespace. */
const begins =
  /^([A-Z][A-Za-z0-9]*)\/(?:([^/\s]+)\/)?([^/\s]+) (?:dry-run failed(?: \([^)]*\))?|apply failed|not found|namespace not specified|immutable field detected|metadata\.managedFields cleanup failed)[:,] ?/

/** What it had applied before it failed stands below the message. */
const doneBefore = /(?:\n+\S+\/\S+ (?:created|configured|unchanged|deleted|skipped))+\s*$/

const passes =
  /failed calling webhook|no matches for kind|connection refused|i\/o timeout|deadline exceeded|TLS handshake|EOF|is being terminated|object has been modified|too many requests|etcdserver|not found, retrying/i

/** What the message of a failed Kustomization says. Source: the errors of fluxcd/pkg/ssa. */
export const failureOf = (message: string, reason: string): FluxFailure => {
  const plain = message.replace(doneBefore, '').trim()
  const found = begins.exec(plain)
  const [whole = '', kind = '', namespace = '', name = ''] = found ?? []
  return {
    message: plain.slice(whole.length),
    of: found ? { kind, namespace, name, group: undefined } : undefined,
    isPassing: reason === 'ArtifactFailed' || passes.test(plain),
  }
}
