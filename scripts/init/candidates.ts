import { gatewayKinds } from '../../addons/gateway/index.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { isBuiltIn } from '../../manifests/kinds/built-in.ts'
import { groupKind, groupOf } from '../../manifests/kinds/kind.ts'
import { containersOf, podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import { listAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'
import { filledAt } from './read-yaml.ts'
import type { Found, FoundChart, FoundObjects } from './found.ts'
import { purposeOf } from './names.ts'
import { asWritten } from './paths.ts'
import { repositoryOf } from './repository.ts'

/** Something that can be deployed, and what of it matters for the file. */
export type Candidate = {
  readonly name: string
  readonly from: string
  /** Repositories of images that it names. */
  readonly repositories: readonly string[]
  readonly hasIngress: boolean
  readonly hasAutoscaler: boolean
  readonly hosts: readonly string[]
} & ({ readonly chart: FoundChart } | { readonly objects: FoundObjects; readonly skip: readonly string[] })

/** Everything that a folder could deploy, in the order of the paths. */
export const candidatesOf = (found: Found, project: string): readonly Candidate[] =>
  [
    ...found.charts.map(ofChart),
    ...found.objects.filter(isDeployable).map((objects) => ofObjects(objects, project, found.defined)),
  ].toSorted((a, b) => (a.from < b.from ? -1 : 1))

const ofChart = (chart: FoundChart): Candidate => ({
  name: chart.name,
  from: asWritten(chart.folder),
  chart,
  repositories: imagesIn(chart.values),
  hasIngress: chart.hasIngress,
  hasAutoscaler: chart.hasAutoscaler,
  hosts: [],
})

/** Every `repository` of a chart's values, with the registry that may stand beside it. */
const imagesIn = (values: unknown): readonly string[] => {
  if (Array.isArray(values)) return values.flatMap(imagesIn)
  if (!isRecord(values)) return []
  const [registry, name] = [filledAt(values, 'registry'), filledAt(values, 'repository')]
  const own = name === undefined ? undefined : repositoryOf(registry === undefined ? name : `${registry}/${name}`)
  return [...(own === undefined || name?.startsWith('http') ? [] : [own]), ...Object.values(values).flatMap(imagesIn)]
}

/** The objects of a GitOps tool's own folders are left to it. */
const isDeployable = ({ objects }: FoundObjects): boolean =>
  objects.length === 0 ||
  (!objects.some(isOfGitOps) &&
    objects.some((object) => isBuiltIn(object) && object.kind !== 'CustomResourceDefinition'))

const isOfGitOps = ({ apiVersion, kind }: KubeObject): boolean =>
  apiVersion.includes('toolkit.fluxcd.io') || (groupOf(apiVersion) === 'argoproj.io' && kind.startsWith('App'))

/** Folders whose objects a GitOps tool deploys today, with its own objects among them; by what those are. */
export const leftToGitOps = ({ objects }: Pick<Found, 'objects'>): ReadonlyMap<string, readonly string[]> => {
  const mixed = objects.filter((one) => one.objects.some(isOfGitOps) && one.objects.some(isBuiltIn))
  const said = mixed.map((one) => ({
    folder: asWritten(one.folder),
    kinds: [...new Set(one.objects.filter(isOfGitOps).map(({ kind, apiVersion }) => `${kind} of ${apiVersion}`))].join(
      ' and ',
    ),
  }))
  return new Map(
    [...Map.groupBy(said, ({ kinds }) => kinds)].map(([kinds, some]) => [kinds, some.map(({ folder }) => folder)]),
  )
}

const ofObjects = (found: FoundObjects, project: string, defined: readonly string[]): Candidate => {
  const { objects, renamed } = found
  const ingresses = objects.filter(({ kind }) => kind === 'Ingress')
  // What belongs to kustomize itself has a group without a dot, or its own, and is never rendered.
  const kinds = new Set(
    objects
      .filter((object) => !isBuiltIn(object) && /\./.test(groupOf(object.apiVersion)))
      .filter(({ apiVersion }) => !apiVersion.includes('kustomize.config.k8s.io'))
      .map(groupKind),
  )
  const written = objects.flatMap((object) => containersOf(podTemplateOf(object)).map(({ image }) => image))
  return {
    name: purposeOf(found.folder, project),
    from: found.paths[0] ?? asWritten(found.folder),
    objects: found,
    skip: [...kinds]
      .filter((kind) => !isServed(kind, defined, objects))
      .map((kind) => kind.split('/').toReversed().join('.')),
    repositories: [
      ...new Set(
        written.flatMap((image) => {
          const repository = typeof image === 'string' ? repositoryOf(image) : undefined
          return repository === undefined ? [] : [repositoryOf(renamed[repository] ?? '') ?? repository]
        }),
      ),
    ],
    hasIngress: ingresses.length > 0,
    hasAutoscaler: objects.some(({ kind }) => kind === 'HorizontalPodAutoscaler'),
    hosts: ingresses.flatMap((ingress) =>
      listAt(ingress, 'spec', 'rules').flatMap((rule) => filledAt(rule, 'host') ?? []),
    ),
  }
}

/** Whether a kind has its definition in the folder, or in the add-on that comes with such objects. */
const isServed = (kind: string, defined: readonly string[], objects: readonly KubeObject[]): boolean =>
  defined.includes(kind) ||
  gatewayKinds.includes(kind) ||
  objects.some(
    (object) =>
      object.kind === 'CustomResourceDefinition' &&
      `${filledAt(object, 'spec', 'group')}/${filledAt(object, 'spec', 'names', 'kind')}` === kind,
  )
