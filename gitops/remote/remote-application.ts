import type { KubeObject, Ref } from '../../cluster/kube/kube.ts'
import { applicationKind, cascade, ignored, pauseAnnotation } from '../argocd/application.ts'
import type { Delivery } from '../delivery.ts'
import { revisionOf, type KustomizeImage, type Remote } from '../remote.ts'

type Wanted = {
  readonly delivery: Delivery
  readonly remote: Remote
  readonly namespace: string
  readonly labels: Readonly<Record<string, string>>
  /** Whose number of replicas an autoscaler holds. */
  readonly scaled: readonly Ref[]
}

const syncOptions = ['ServerSideApply=true', 'CreateNamespace=false', 'RespectIgnoreDifferences=true']

/** The Application that has Argo CD read this repository's remote, keep what is deployed as it is there, and prune. */
export const remoteApplication = ({ delivery, remote, namespace, labels, scaled }: Wanted): KubeObject => ({
  ...applicationKind,
  metadata: {
    name: delivery.name,
    namespace: delivery.home,
    labels,
    annotations: { [pauseAnnotation]: 'false' },
    finalizers: [cascade],
  },
  spec: {
    project: 'default',
    destination: { server: 'https://kubernetes.default.svc', namespace },
    source: { repoURL: remote.url, targetRevision: revisionOf(remote), path: remote.path, ...rendering(remote) },
    syncPolicy: { automated: { prune: true, selfHeal: true }, syncOptions },
    ...(scaled.length > 0 ? { ignoreDifferences: scaled.map(ignored) } : {}),
  },
  // A revision whose sync failed before is not tried again by itself.
  operation: { initiatedBy: { username: 'kindup' }, sync: { prune: true, syncOptions } },
})

const rendering = ({ of, changes }: Remote): object => {
  if (of.kind === 'chart')
    return {
      helm: {
        releaseName: of.release,
        valueFiles: of.valueFiles.map((file) => `/${file}`),
        ...(Object.keys(of.values).length > 0 ? { valuesObject: of.values } : {}),
      },
    }
  if (of.kind === 'manifests') {
    const { files = [] } = of
    const include = files.length > 1 ? `{${files.join(',')}}` : files[0]
    // Said, so that a kustomization or a chart beside it counts for nothing.
    return { directory: { recurse: true, ...(include === undefined ? {} : { include }) } }
  }
  const { patches = [], images = [] } = changes ?? {}
  return {
    kustomize: {
      ...(patches.length > 0 ? { patches } : {}),
      ...(images.length > 0 ? { images: images.map(asText) } : {}),
    },
  }
}

/** `name=newName:tag`, as `kustomize edit set image` takes it. */
const asText = ({ name, newName, newTag, digest }: KustomizeImage): string =>
  `${name}=${newName}${digest === undefined ? (newTag === undefined ? '' : `:${newTag}`) : `@${digest}`}`
