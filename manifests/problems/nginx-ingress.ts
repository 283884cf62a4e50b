import { mapsAt, textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'
import { mistakeIn } from './nginx-annotations.ts'

type Known = readonly { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }[]
type Found = { readonly message: string; readonly hint: string }

const addOn = 'addon/ingress-nginx'
const prefix = 'nginx.ingress.kubernetes.io/'

/**
 * Ingresses that the controller of ingress-nginx leaves out, or that its webhook refuses. The webhook is off here, because
 * its certificates cost two Jobs and an image, so what it finds has to be found before: the rules of controller 1.15.1,
 * internal/ingress/inspector and CheckIngress in internal/ingress/controller/controller.go. Two Ingresses with one
 * host and path are found elsewhere.
 */
export const nginxProblems = (deployables: readonly Deployable[], known: Known): readonly Problem[] => {
  if (!deployables.some(({ id }) => id === addOn)) return []
  const controller = known.find(({ deployable }) => deployable.id === addOn)
  const settings = settingsIn(controller?.documents ?? [])
  return known.flatMap(({ deployable: { id }, documents }) =>
    documents.flatMap(({ object, at }) =>
      isForNginx(object)
        ? mistakesIn(object, settings).map((found) => ({
            // Values of the file may loosen the rules, and are not known before the chart is here.
            severity: controller ? ('error' as const) : ('warning' as const),
            at,
            step: id,
            ...found,
          }))
        : [],
    ),
  )
}

/** What values of the add-on loosen. */
type Settings = {
  readonly snippets: boolean
  readonly anyPath: boolean
  readonly anyWord: boolean
  readonly anyValue: boolean
}

const settingsIn = (documents: readonly RenderedObject[]): Settings => {
  const objects = documents.map(({ object }) => object)
  const data: Readonly<Record<string, unknown>> = Object.assign(
    {},
    ...objects.filter(({ kind }) => kind === 'ConfigMap').map((object) => object['data'] ?? {}),
  )
  const workloads = JSON.stringify(objects.filter(({ kind }) => kind === 'Deployment' || kind === 'DaemonSet'))
  return {
    snippets: data['allow-snippet-annotations'] === 'true' && data['annotations-risk-level'] === 'Critical',
    anyPath: data['strict-validate-path-type'] === 'false',
    anyWord: workloads.includes('--deep-inspect=false'),
    anyValue: workloads.includes('--enable-annotation-validation=false'),
  }
}

/** Of the class that the chart makes, or of none: then the only controller takes it. */
const isForNginx = (object: KubeObject): boolean => {
  if (groupKind(object) !== 'networking.k8s.io/Ingress') return false
  const ingressClassName = textAt(object, 'spec', 'ingressClassName')
  return ['nginx', undefined].includes(
    ingressClassName ?? object.metadata.annotations?.['kubernetes.io/ingress.class'] ?? undefined,
  )
}

const mistakesIn = (object: KubeObject, settings: Settings): readonly Found[] => [
  ...annotationMistakes(object, settings),
  ...pathMistakes(object, settings),
]

const annotationMistakes = (object: KubeObject, { snippets, anyValue }: Settings): readonly Found[] => {
  const { name, annotations = {} } = object.metadata
  return Object.entries(annotations).flatMap(([key, value]): readonly Found[] => {
    if (!key.startsWith(prefix)) return []
    const short = key.slice(prefix.length)
    if (short.endsWith('-snippet') && !snippets)
      return [
        {
          message: `Ingress ${name} has the annotation ${key}, and ingress-nginx takes no snippets unless it is told to: it leaves the whole Ingress out.`,
          hint: 'addons: { ingress-nginx: { set: { controller.allowSnippetAnnotations: true, controller.config.annotations-risk-level: Critical } } }',
        },
      ]
    const takes = anyValue ? undefined : mistakeIn(short, value)
    if (takes === undefined) return []
    return [
      {
        message: `Ingress ${name} says ${key}: ${JSON.stringify(value)}, and ingress-nginx leaves the whole Ingress out for that.`,
        hint: `Write ${takes}.`,
      },
    ]
  })
}

/** With any path type but ImplementationSpecific. */
const plain = /^\/[a-z0-9._\-/]*$/i
/** What could lead out of the configuration of nginx. */
const forbidden =
  /\s*(?:alias|root)\s*.*;|\/etc\/(?:passwd|shadow|group|nginx|ingress-controller)|\/var\/run\/secrets|_by_lua/s

type WrittenPath = { readonly path: string; readonly pathType: string }

const pathsOf = (object: KubeObject): readonly WrittenPath[] =>
  mapsAt(object, 'spec', 'rules')
    .flatMap((rule) => mapsAt(rule, 'http', 'paths'))
    .map((one) => ({ path: textAt(one, 'path') ?? '', pathType: textAt(one, 'pathType') ?? '(none)' }))

/** Paths that are patterns, with a type that says they are none. */
export const patternsIn = (object: KubeObject): readonly WrittenPath[] =>
  pathsOf(object).filter(
    ({ path, pathType }) => path !== '' && pathType !== 'ImplementationSpecific' && !plain.test(path),
  )

const pathMistakes = (object: KubeObject, { anyPath, anyWord }: Settings): readonly Found[] => {
  const { name } = object.metadata
  const attacks = anyWord ? [] : pathsOf(object).filter(({ path }) => forbidden.test(path))
  const patterns = anyPath
    ? []
    : patternsIn(object).filter(({ path }) => !attacks.some((attack) => attack.path === path))
  return [
    ...attacks.map(({ path }) => ({
      message: `Ingress ${name} has the path ${path}, which ingress-nginx takes for an attack: it leaves the whole Ingress out.`,
      hint: 'Write another path.',
    })),
    // One remedy for all of them, and one sentence.
    ...[...Map.groupBy(patterns, ({ pathType }) => pathType)].map(([pathType, group]) => {
      const [are, them] = group.length === 1 ? ['path', 'this one'] : ['paths', 'these']
      return {
        message: `Ingress ${name} has the ${are} ${group.map(({ path }) => path).join(', ')} with pathType ${pathType}: ingress-nginx takes a pattern only with ImplementationSpecific, and its webhook refuses ${them}.`,
        hint: 'Write pathType: ImplementationSpecific. Or let the controller take patterns anywhere: addons: { ingress-nginx: { set: { controller.config.strict-validate-path-type: "false" } } }',
      }
    }),
  ]
}
