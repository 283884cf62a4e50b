import { leftToGitOps } from './candidates.ts'
import type { DraftService } from './draft-service.ts'
import type { Draft } from './draft.ts'
import type { Found } from './found.ts'
import type { LeftOut, Tried } from './try-out.ts'
import { isOfFlux } from './flux-folders.ts'
import { listed } from './listed.ts'
import { notesOnOtherTools } from './other-tools.ts'
import { asWritten, folderOf } from './paths.ts'
import { unreadable } from './unreadable.ts'

/** What was found and the file cannot say, as sentences for its end. */
export const notesOn = (found: Found, services: readonly DraftService[], tried?: Tried): Draft['notes'] => {
  const { compose, gitops, cut, kind, passedOver, tools } = found
  const built = (compose?.images ?? []).filter(({ name }) => !services.some((service) => service.name === name))
  return [
    ...gitops
      .filter(({ tool }) => !services.some(({ deploy }) => deploy.kind === (tool === 'flux' ? 'flux' : 'applications')))
      .map(
        ({ tool, files }) =>
          `${listed(files.map(asWritten))} ${files.length === 1 ? 'is' : 'are'} for ${tool === 'argocd' ? 'Argo CD' : 'Flux'}. The add-on is installed, and services are deployed directly: \`gitops: ${tool}\` hands a service to it.`,
      ),
    ...notesOnApplications(found, services),
    ...(compose === undefined
      ? []
      : services.some(({ from }) => from === asWritten(compose.file)) || compose.converted?.services.length === 0
        ? [...(compose.converted?.notes ?? []), ...notesOnBesides(compose.besides)]
        : [
            `${asWritten(compose.file)} is not deployed: a service needs a chart, a kustomization or manifests.` +
              (built.length > 0 ? ` ${listed(built.map(({ name }) => name))} can be built from what it says.` : '') +
              (compose.others.length > 0
                ? ` It also runs ${listed(compose.others.map(({ name, image }) => (name === image ? name : `${name} (${image})`)))}.`
                : ''),
          ]),
    ...new Set((compose?.images ?? []).flatMap(({ mounted }) => mounted ?? [])),
    ...[...leftToGitOps({ objects: found.objects.filter(({ folder }) => !isOfFlux(folder, found.fluxFolders)) })].map(
      ([kinds, folders]) =>
        `${listed(folders)} ${folders.length === 1 ? 'is' : 'are'} left out: a GitOps tool's own objects stand there among the others (${kinds}). To deploy one, take those out of it and name it as kustomize or manifests.`,
    ),
    ...leftOut(tried).map(([what, why]) => `${what} is left out: ${why.replaceAll(/\s+/g, ' ').slice(0, 300)}`),
    ...unreadable(found.files).map(
      ({ path, why }) =>
        `${asWritten(path)} cannot be read, and nothing of it is here: ${why.replaceAll(/\s+/g, ' ')}.`,
    ),
    ...(kind === undefined || kind.left.length === 0
      ? []
      : [
          `${asWritten(kind.file)} also has ${listed(kind.left)} of a node, which is not taken over${kind.left.includes('image') ? ': `cluster.kubernetes` chooses the version' : ''}.`,
        ]),
    ...(kind?.registries === undefined
      ? []
      : [
          `${asWritten(kind.file)} tells containerd of a registry (${kind.registries}), which is not taken over: \`cluster.registry\` makes one, and \`cluster.mirrors\` names those of others.`,
        ]),
    ...(kind === undefined || kind.others.length === 0
      ? []
      : [`${listed(kind.others.map(asWritten))} ${kind.others.length === 1 ? 'is' : 'are'} for kind as well.`]),
    ...tools
      .filter(({ left }) => left.length > 0)
      .map(({ file, tool, left }) => `${asWritten(file)} is for ${tool}. Not taken over: ${left.join('; ')}.`),
    ...notesOnOtherTools(found.files),
    ...(services.length > 0 || passedOver.length === 0
      ? []
      : [
          `${listed(passedOver.map(asWritten))} ${passedOver.length === 1 ? 'was' : 'were'} not looked into. \`kindup init --dir ${asWritten(passedOver[0] ?? '')}\` writes a file for what is there.`,
        ]),
    ...(cut ? ['The folder is large, and not all of it was looked at.'] : []),
  ]
}

/** Kustomizations that render charts of elsewhere, and what Argo CD deploys of them. */
export const notesOnFetching = (
  { fetching = [] }: Found,
  kustomizations: readonly { readonly from: string }[],
): readonly string[] => {
  const [first] = kustomizations
  return [
    ...(first === undefined
      ? []
      : [
          `${listed(kustomizations.map(({ from }) => from))} ${kustomizations.length === 1 ? 'is' : 'are'} left out: kustomize fetches charts for ${kustomizations.length === 1 ? 'it' : 'them'}, into the folder itself. To deploy ${kustomizations.length === 1 ? 'it' : 'one'} all the same: \`kustomize: { path: ${first.from}, helm: true }\`.`,
        ]),
    ...(fetching.length === 0
      ? []
      : [
          `${listed(fetching.map(asWritten))} ${fetching.length === 1 ? 'is' : 'are'} left out: kustomize fetches charts for what ${fetching.length === 1 ? 'it' : 'they'} would deploy. To have it all the same: \`applications: [${asWritten(fetching[0] ?? '')}]\`, and \`addons: { argocd: { set: { 'configs.cm.kustomize\\.buildOptions': --enable-helm } } }\`.`,
        ]),
  ]
}

/** Files for Argo CD beside those that a service deploys as they are. */
const notesOnApplications = (
  { gitops, sets, fetching = [] }: Found,
  services: readonly DraftService[],
): readonly string[] => {
  const deployed = services.flatMap(({ deploy }) => (deploy.kind === 'applications' ? deploy.paths : []))
  const below = new Set([...(sets?.below ?? []), ...fetching].map(asWritten))
  const others = gitops
    .filter(({ tool }) => tool === 'argocd' && deployed.length > 0)
    .flatMap(({ files }) => files.map(asWritten).filter((file) => !deployed.includes(file) && !below.has(file)))
  return others.length === 0
    ? []
    : [
        `${listed(others)} ${others.length === 1 ? 'is' : 'are'} for Argo CD, too: an app of apps is not needed, and what deploys another repository can be named beside the others in \`applications\`.`,
      ]
}

const leftOut = (tried: Tried | undefined): readonly LeftOut[] =>
  tried === undefined
    ? []
    : [...tried.without, ...tried.files.values(), ...tried.wrong.values(), ...tried.unbuilt.values()]

/** Of compose files one is taken: a person may mean another. */
const notesOnBesides = (files: readonly string[]): readonly string[] => {
  const [first] = files
  if (first === undefined) return []
  const [are, were] = files.length === 1 ? ['is a compose file', 'was'] : ['are compose files', 'were']
  return [
    `${listed(files.map(asWritten))} ${are} as well, and ${were} not looked into. \`kindup init --dir ${asWritten(folderOf(first))}\` writes a file for what is there.`,
  ]
}
