import { expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { applicationProjects } from '../../../../manifests/problems/application-projects.ts'
import { madeDeployable } from '../made-deployable.ts'

const delivery = { tool: 'argocd', home: 'argocd', name: 'web', repository: 'kindup/a/web', port: 5001 } as const
const argo = (kind: string, name: string, spec: object = {}): KubeObject => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind,
  metadata: { name, namespace: 'argocd' },
  spec,
})
const adopted = (id: string, project?: string) => ({
  deployable: madeDeployable(id, {
    delivery: { ...delivery, application: { spec: { project }, labels: {}, annotations: {} } },
  }),
  documents: [],
})
const applying = (id: string, ...objects: readonly KubeObject[]) => ({
  deployable: madeDeployable(id, {}),
  documents: objects.map((object) => ({ object, at: { file: 'app.yaml', line: 3 } })),
})
const said = (...known: Parameters<typeof applicationProjects>[0]): readonly string[] =>
  applicationProjects(known).map(
    ({ step, severity, message }) => `${step} ${severity} ${message.slice(0, message.indexOf(', and nothing'))}`,
  )

it('names the project of an Application that nothing of the plan brings, each once', () => {
  expect(said(adopted('service/web', 'apps'), adopted('service/api', 'apps'))).toEqual([
    'service/web warning Application web is of the project apps',
  ])
  expect(said(applying('service/far', argo('Application', 'far', { project: 'team' })))).toEqual([
    'service/far warning Application far is of the project team',
  ])
})

it('says nothing of the one that Argo CD brings itself, and of those that a service brings', () => {
  expect(said(adopted('service/web', 'default'), adopted('service/api'))).toEqual([])
  const project = argo('AppProject', 'apps', { sourceRepos: ['*'] })
  expect(said(adopted('service/web', 'apps'), applying('service/projects', project))).toEqual([])
})

it('names the project that does not permit this repository', () => {
  const project = (...sourceRepos: readonly string[]) =>
    applying('service/projects', argo('AppProject', 'apps', { sourceRepos }))
  expect(applicationProjects([adopted('service/web', 'apps'), project('https://github.com/org/other')])).toEqual([
    {
      severity: 'warning',
      message:
        'Application web is of the project apps, whose sourceRepos do not permit this repository: Argo CD deploys nothing of it.',
      at: { file: 'app.yaml', line: 3 },
      step: 'service/web',
    },
  ])
  expect(said(adopted('service/web', 'apps'), project('oci://kindup-registry:5001/kindup/a/**'))).toEqual([])
})
