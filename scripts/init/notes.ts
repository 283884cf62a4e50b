import { leftToGitOps } from './candidates.ts'
import type { DraftService } from './draft-service.ts'
import type { Draft } from './draft.ts'
import type { Found } from './found.ts'
import type { Tried } from './try-out.ts'
import { isOfFlux } from './flux-folders.ts'
import { asWritten } from './paths.ts'

/** What was found and the file cannot say, as sentences for its end. */
export const notesOn = (found: Found, services: readonly DraftService[], tried?: Tried): Draft['notes'] => {
  const { compose, gitops, cut, kind, passedOver, tools } = found
  const built = (compose?.images ?? []).filter(({ name }) => !services.some((service) => service.name === name))
  return [
    ...gitops
      .filter(({ tool }) => tool !== 'flux' || !services.some(({ deploy }) => deploy.kind === 'flux'))
      .map(
        ({ tool, files }) =>
          `${list(files.map(asWritten))} ${files.length === 1 ? 'is' : 'are'} for ${tool === 'argocd' ? 'Argo CD' : 'Flux'}. The add-on is installed, and services are deployed directly: \`gitops: ${tool}\` hands a service to it.`,
      ),
    ...(compose === undefined
      ? []
      : services.some(({ from }) => from === asWritten(compose.file))
        ? (compose.converted?.notes ?? [])
        : [
            `${asWritten(compose.file)} is not deployed: a service needs a chart, a kustomization or manifests.` +
              (built.length > 0 ? ` ${list(built.map(({ name }) => name))} can be built from what it says.` : '') +
              (compose.others.length > 0
                ? ` It also runs ${list(compose.others.map(({ name, image }) => (name === image ? name : `${name} (${image})`)))}.`
                : ''),
          ]),
    ...[...leftToGitOps({ objects: found.objects.filter(({ folder }) => !isOfFlux(folder, found.fluxFolders)) })].map(
      ([kinds, folders]) =>
        `${list(folders)} ${folders.length === 1 ? 'is' : 'are'} left out: a GitOps tool's own objects stand there among the others (${kinds}). To deploy one, take those out of it and name it as kustomize or manifests.`,
    ),
    ...[...(tried?.without ?? []), ...(tried?.wrong ?? [])].map(
      ([what, why]) => `${what} is left out: ${why.replaceAll(/\s+/g, ' ').slice(0, 300)}`,
    ),
    ...(kind === undefined || kind.left.length === 0
      ? []
      : [
          `${asWritten(kind.file)} also has ${list(kind.left)} of a node, which is not taken over${kind.left.includes('image') ? ': `cluster.kubernetes` chooses the version' : ''}.`,
        ]),
    ...(kind === undefined || kind.others.length === 0
      ? []
      : [`${list(kind.others.map(asWritten))} ${kind.others.length === 1 ? 'is' : 'are'} for kind as well.`]),
    ...tools
      .filter(({ left }) => left.length > 0)
      .map(({ file, tool, left }) => `${asWritten(file)} is for ${tool}. Not taken over: ${left.join('; ')}.`),
    ...(services.length > 0 || passedOver.length === 0
      ? []
      : [
          `${list(passedOver.map(asWritten))} ${passedOver.length === 1 ? 'was' : 'were'} not looked into. \`kindup init --dir ${asWritten(passedOver[0] ?? '')}\` writes a file for what is there.`,
        ]),
    ...(cut ? ['The folder is large, and not all of it was looked at.'] : []),
  ]
}

const list = (names: readonly string[]): string => {
  const shown = names.length > 4 ? [...names.slice(0, 3), `${names.length - 3} more`] : names
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}
