import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Delivery } from '../delivery.ts'
import { interval, kustomizationKind } from '../flux/objects.ts'
import type { Remote } from '../remote.ts'

const source = { apiVersion: 'source.toolkit.fluxcd.io/v1', kind: 'GitRepository' } as const
const release = { apiVersion: 'helm.toolkit.fluxcd.io/v2', kind: 'HelmRelease' } as const

type Around = { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }

/** What has Flux read this repository's remote and deploy a part of it: the source, and a Kustomization or a HelmRelease. */
export const remoteFluxObjects = (
  { name, home }: Pick<Delivery, 'name' | 'home'>,
  remote: Remote,
  { namespace, labels }: Around,
): readonly KubeObject[] => {
  const metadata = { name, namespace: home, labels }
  const sourceRef = { kind: source.kind, name }
  const { url, at, path, of, changes } = remote
  const { patches = [], images = [] } = changes ?? {}
  const kustomize = {
    ...(patches.length > 0 ? { patches } : {}),
    ...(images.length > 0 ? { images } : {}),
  }
  const repository: KubeObject = {
    ...source,
    metadata,
    spec: {
      url,
      ref: at,
      interval,
      timeout: '60s',
      ...(of.kind === 'manifests' && of.files ? { ignore: allBut(path, of.files) } : {}),
    },
  }
  if (of.kind !== 'chart')
    return [
      repository,
      {
        ...kustomizationKind,
        metadata,
        spec: {
          sourceRef,
          path: `./${path}`,
          prune: true,
          interval,
          retryInterval: interval,
          timeout: '3m',
          // kindup looks by itself whether it gets ready.
          wait: false,
          ...(changes?.namespace === undefined ? {} : { targetNamespace: changes.namespace }),
          ...kustomize,
        },
      },
    ]
  const own = of.hasValues && of.valueFiles.length > 0 ? [path === '.' ? 'values.yaml' : `${path}/values.yaml`] : []
  return [
    repository,
    {
      ...release,
      metadata,
      spec: {
        interval,
        timeout: '5m',
        releaseName: of.release,
        targetNamespace: namespace,
        storageNamespace: namespace,
        chart: {
          spec: {
            chart: `./${path}`,
            sourceRef,
            interval,
            // A chart is packaged again when any file of it changes, and not only with its version.
            reconcileStrategy: 'Revision',
            // Flux leaves those of the chart itself out where others are named.
            ...(of.valueFiles.length > 0 ? { valuesFiles: [...own, ...of.valueFiles] } : {}),
          },
        },
        ...(Object.keys(of.values).length > 0 ? { values: of.values } : {}),
        driftDetection: { mode: 'enabled' },
        install: { crds: 'CreateReplace' },
        upgrade: { crds: 'CreateReplace' },
        ...(patches.length + images.length > 0 ? { postRenderers: [{ kustomize }] } : {}),
      },
    },
  ]
}

/** Rules of a .gitignore that leave nothing but some files of a folder. */
const allBut = (path: string, files: readonly string[]): string => {
  const rules = new Set<string>()
  for (const file of files) {
    const parts = [...(path === '.' ? [] : path.split('/')), ...file.split('/')]
    parts.forEach((part, index) => {
      const above = parts.slice(0, index).join('/')
      const within = above === '' ? '' : `/${above}`
      rules.add(`${within}/*`)
      rules.add(`!${within}/${part}`)
    })
  }
  return [...rules].toSorted((a, b) => depth(a) - depth(b)).join('\n')
}

/** What takes in again has to come after what leaves out, level by level. */
const depth = (rule: string): number => rule.split('/').length * 2 + (rule.startsWith('!') ? 1 : 0)
