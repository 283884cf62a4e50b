import type { KubeObject } from '../../cluster/kube/kube.ts'
import { artifactsFolder } from '../delivery.ts'
import { registryAlias } from '../../cluster/registry/names.ts'
import { project } from './application.ts'

/** What Argo CD needs before it may read the local registry, which speaks no TLS: a repository secret, and a project. */
export const accessObjects = (home: string, port: number): readonly KubeObject[] => {
  const url = `oci://${registryAlias}:${port}/${artifactsFolder}`
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: 'kindup-registry',
        namespace: home,
        labels: { 'argocd.argoproj.io/secret-type': 'repo-creds' },
      },
      data: inBase64({ url, type: 'oci', insecureOCIForceHttp: 'true' }),
    },
    {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'AppProject',
      metadata: { name: project, namespace: home },
      spec: {
        description: 'What kindup hands over from the working tree.',
        sourceRepos: [`${url}/**`],
        destinations: [{ server: '*', namespace: '*' }],
        clusterResourceWhitelist: [{ group: '*', kind: '*' }],
      },
    },
  ]
}

const inBase64 = (texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString('base64')]))
