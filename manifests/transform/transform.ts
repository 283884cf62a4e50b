import type { KubeObject } from '../../cluster/kube/kube.ts'
import { fieldsAt, mapsAt, textAt, type Fields } from '../../core/fields.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { withArtifacts } from '../kinds/app-projects.ts'
import { argoHookAnnotation } from '../kinds/argo-hooks.ts'
import { scopeOf } from '../kinds/built-in.ts'
import { matchesKind } from '../kinds/glob.ts'
import { configMarked, configsOf, rollsOut, withConfigs } from './config-digests.ts'
import { isLatest, withHeld } from './held.ts'
import { lasting } from './hook-jobs.ts'
import { withoutHarm } from './kept.ts'
import { withoutLoadBalancer } from './load-balancer.ts'
import {
  containersOf,
  withAnnotations,
  withContainers,
  withPodTemplate,
  withSpec,
  type Container,
  type PodTemplate,
} from './pod-templates.ts'
import { withImagesBeside } from './image-paths.ts'
import { imageRuleFor } from './image-rule.ts'
import type { ImageRule, Rules } from './rules.ts'
import { withReplicas } from './replicas.ts'
import { mounted, stamped } from './secrets.ts'
import { hookAnnotation, labels, specAnnotation, stepLabel } from './step-label.ts'
import { withData } from './string-data.ts'

/** The revision of what `transform` does: raised when the same objects come out differently. */
export const transformRevision = 7

/** The transform pipeline: every rendered object passes it, whoever rendered it: objects in, objects out, nothing else. */
export const transform = (objects: readonly KubeObject[], rules: Rules): readonly KubeObject[] => {
  const home = rules.namespace ?? rules.home
  const configs = rules.configs && withConfigs(rules.configs, configsOf(objects, home))
  return objects
    .filter((object) => !rules.skip.some((pattern) => matchesKind(pattern, object)))
    .map(withData)
    .map((object) => (rules.artifacts ? withArtifacts(object, rules.artifacts) : object))
    .map((object) => lasting(rules.loadBalancers ? object : withoutLoadBalancer(object)))
    .map((object) => {
      const { secrets = [], held = [] } = rules
      const namespace = object.metadata.namespace ?? rules.namespace ?? rules.home
      const change = (template: PodTemplate): PodTemplate => {
        const known = configs && rollsOut(object) ? configMarked(template, configs, namespace) : template
        return stamped(
          mounted(placed(withHeld(imaged(known, rules.images), held), rules), secrets, namespace),
          secrets,
          namespace,
        )
      }
      const changed = withReplicas(
        withPodTemplate(withImagesBeside(inNamespace(object, rules), rules), change),
        rules.replicas ?? [],
        namespace,
      )
      return withoutHarm(marked(changed, rules), rules)
    })
}

/** The objects with what is known later than the rest: marks of the data of their Secrets, and images that the nodes were given. */
export const withLate = (objects: readonly KubeObject[], rules: Rules): readonly KubeObject[] =>
  objects.map((object) => {
    const { secrets = [], held = [] } = rules
    const namespace = object.metadata.namespace ?? rules.namespace ?? rules.home
    return specMarked(withPodTemplate(object, (template) => stamped(withHeld(template, held), secrets, namespace)))
  })

const inNamespace = (object: KubeObject, { namespace }: Rules): KubeObject =>
  namespace === undefined || object.metadata.namespace !== undefined || scopeOf(object) !== 'namespaced'
    ? object
    : { ...object, metadata: { ...object.metadata, namespace } }

const imaged = (template: PodTemplate, images: readonly ImageRule[]): PodTemplate => {
  const used = new Map<string, ImageRule>()
  for (const { image } of containersOf(template)) {
    const rule = imageRuleFor(image, images)
    if (rule) used.set(rule.key, rule)
  }
  if (used.size === 0) return template
  const annotations = Object.fromEntries([...used.values()].map(({ key, inputs }) => [imageAnnotation(key), inputs]))
  return withAnnotations(
    withContainers(template, (one) => withImage(one, images)),
    annotations,
  )
}

/** `kindup.dev/image-web`: what changes it rolls the pods out, a rebuilt image under the same tag included. */
const imageAnnotation = (key: string): string =>
  `kindup.dev/image-${/^[A-Za-z0-9._-]{1,56}$/.test(key) && !/[._-]$/.test(key) ? key : hashOf(key)}`

const withImage = ({ image, imagePullPolicy, written }: Container, images: readonly ImageRule[]): Fields => {
  const rule = imageRuleFor(image, images)
  if (!rule) return written
  // The image is put into the nodes; asking a registry for it again would fail, or bring another one. What was deployed
  // with the image as it is written keeps the API's default of then, which for one without a tag is `Always`.
  const always =
    imagePullPolicy === 'Always' || (imagePullPolicy === undefined && [rule.ref, image ?? ''].some(isLatest))
  return { ...written, image: rule.ref, ...(always ? { imagePullPolicy: 'IfNotPresent' } : {}) }
}

const placed = (template: PodTemplate, { placement }: Rules): PodTemplate => {
  if (!placement) return template
  const tolerations = mapsAt(template, 'spec', 'tolerations')
  const added = placement.tolerations.filter(
    (one) =>
      !tolerations.some(
        (other) =>
          textAt(other, 'key') === one.key &&
          textAt(other, 'effect') === one.effect &&
          (textAt(other, 'value') ?? '') === (one.value ?? ''),
      ),
  )
  return withSpec(template, {
    nodeSelector: { ...fieldsAt(template, 'spec', 'nodeSelector'), ...placement.nodeSelector },
    ...(tolerations.length + added.length > 0 ? { tolerations: [...tolerations, ...added] } : {}),
  })
}

const marked = (object: KubeObject, rules: Rules): KubeObject =>
  specMarked({
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...object.metadata.labels, [labels.cluster]: rules.cluster, [labels.step]: stepLabel(rules.step) },
      ...hookMarked(object, rules),
    },
  })

const hookMarked = ({ metadata: { annotations } }: KubeObject, { argocd }: Rules): Partial<KubeObject['metadata']> => {
  const types = annotations?.[argoHookAnnotation]
  return argocd && types !== undefined ? { annotations: { ...annotations, [hookAnnotation]: types } } : {}
}

const specMarked = (object: KubeObject): KubeObject =>
  object.kind === 'Job' && object.apiVersion.startsWith('batch/')
    ? {
        ...object,
        metadata: {
          ...object.metadata,
          annotations: { ...object.metadata.annotations, [specAnnotation]: hashOf(object['spec'] ?? {}) },
        },
      }
    : object
