import type { Draft, DraftService } from './draft.ts'
import type { Found } from './found.ts'
import { asWritten } from './paths.ts'

/** What was found and the file cannot say, as sentences for its end. */
export const notesOn = (found: Found, services: readonly DraftService[]): Draft['notes'] => {
  const { compose, gitops, cut } = found
  const built = (compose?.images ?? []).filter(({ name }) => !services.some((service) => service.name === name))
  return [
    ...gitops.map(
      ({ tool, files }) =>
        `${list(files.map(asWritten))} ${files.length === 1 ? 'is' : 'are'} for ${tool === 'argocd' ? 'Argo CD' : 'Flux'}. Deploying by a GitOps controller is not built yet: the add-on is installed, and services are deployed directly.`,
    ),
    ...(compose === undefined
      ? []
      : [
          `${asWritten(compose.file)} is not deployed: a service needs a chart, a kustomization or manifests.` +
            (built.length > 0 ? ` ${list(built.map(({ name }) => name))} can be built from what it says.` : '') +
            (compose.others.length > 0
              ? ` It also runs ${list(compose.others.map(({ name, image }) => (name === image ? name : `${name} (${image})`)))}.`
              : ''),
        ]),
    ...(cut ? ['The folder is large, and not all of it was looked at.'] : []),
  ]
}

const list = (names: readonly string[]): string => {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
