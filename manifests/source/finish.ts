import { idOf } from '../../core/identity.ts'
import { asSentence } from '../../core/wait.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { ConfigError } from '../../core/errors.ts'
import { hashOf, type Fingerprint } from '../../core/fingerprint.ts'
import type { Problem } from '../../core/problem.ts'
import { releaseOf, type Deployable } from '../deployable.ts'
import { exposeObjects } from '../expose/expose.ts'
import type { RenderedDocument } from '../yaml/outlined.ts'
import { groupKind } from '../kinds/kind.ts'
import { placementRule } from '../placement.ts'
import { loadBalancerProblems } from '../problems/load-balancers.ts'
import { derivedNeeds, usedImages } from '../problems/needs.ts'
import { isUnserved } from '../problems/ingress-classes.ts'
import { mentionProblems } from '../problems/image-mentions.ts'
import { ambiguousImages } from '../problems/images-of-one-name.ts'
import { localOnly } from '../problems/local-only.ts'
import { objectProblems } from '../problems/of-one.ts'
import { wildcardProblems } from '../problems/wildcard-hosts.ts'
import { secretRules, secretUses, useProblems } from '../problems/secret-uses.ts'
import type { Rendered } from './rendered.ts'
import { configsOf, configsReadBy, rollsOut, withConfigs, type Configs } from '../transform/config-digests.ts'
import { containersOf, podTemplateOf } from '../transform/pod-templates.ts'
import type { ImageRule, Rules } from '../transform/rules.ts'
import { imageRuleFor, rulesOfOwn } from '../transform/image-rule.ts'
import { isAppProject } from '../kinds/app-projects.ts'
import { transform, transformRevision } from '../transform/transform.ts'
import { hostsOf, unusedWildcards } from '../kinds/hosts.ts'
import { fluxObjects } from '../flux/flux-objects.ts'
import { changesOfRemote } from './changes-of-remote.ts'
import { withPlaces } from './places.ts'
import type { Raw } from './raw.ts'
import { defines, type PlanContext } from './plan-context.ts'

/** What the transform pipeline does to a deployable's objects. */
export const rulesFor = (
  deployable: Deployable,
  whole: Pick<PlanContext, 'config' | 'images' | 'nodes' | 'secrets' | 'configs' | 'hasLoadBalancers' | 'artifacts'>,
): Rules => {
  const { imagePaths = [] } = whole.config
  return {
    cluster: whole.config.name,
    step: deployable.id,
    images: rulesOfOwn(whole.images, deployable),
    ...(imagePaths.length > 0 ? { imagePaths } : {}),
    ...(deployable.placement && deployable.placementBy === 'objects'
      ? { placement: placementRule(deployable.placement, whole.nodes) }
      : {}),
    skip: deployable.skip,
    ...(whole.hasLoadBalancers ? { loadBalancers: true } : {}),
    // helm puts objects without a namespace into that of the release.
    ...(releaseOf(deployable) ? { release: true } : { namespace: deployable.namespace }),
    home: deployable.namespace,
    ...(isSentToArgocd(deployable) ? { argocd: true } : {}),
    ...(whole.artifacts ? { artifacts: whole.artifacts } : {}),
    ...(rollsConfigs(deployable) ? { configs: whole.configs } : {}),
    ...(whole.secrets.length > 0 ? { secrets: secretRules(deployable, whole.secrets) } : {}),
  }
}

const isSentToArgocd = ({ delivery }: Deployable): boolean =>
  delivery?.tool === 'argocd' && delivery.remote === undefined

/** Charts of add-ons are known to roll out what has to. */
const rollsConfigs = ({ of, roll = true }: Deployable): boolean => roll && of.kind === 'service'

/** Takes what was rendered through the transform pipeline and draws everything from it that a plan asks. */
export const finish = (deployable: Deployable, raw: Raw, whole: PlanContext): Rendered => {
  const rules = rulesFor(deployable, whole)
  const home = deployable.namespace
  const own = configsOf(
    (raw.documents ?? []).map(({ object }) => object),
    home,
  )
  const withOwn = rules.configs ? { ...rules, configs: withConfigs(rules.configs, own) } : rules
  const flux = raw.documents && raw.flux && fluxObjects(raw.documents, raw.flux, withOwn)
  const documents = raw.documents && transformed(flux?.documents ?? raw.documents, withOwn)
  const { remote } = deployable.delivery ?? {}
  const left = remote && raw.documents && changesOfRemote(deployable, remote, raw.documents, withOwn)
  const brought = flux?.brought ?? []
  const used = usedImages([...(raw.documents ?? []), ...(flux?.before ?? [])], rules)
  const secrets = secretUses(deployable, documents, whole.secrets)
  const made = documents ? exposed(deployable, documents, rules, whole) : { objects: [], problems: [] }
  const all = [...(documents ?? []), ...brought, ...made.objects.map((object) => ({ object, at: deployable.at }))]
  const around = { listeners: whole.listeners, home }
  const served = all.filter(({ object }) => !isUnserved(object, whole.classes))
  const declared = [...deployable.hosts, ...deployable.expose.flatMap(({ host }) => host ?? [])]
  return {
    ...(documents ? { objects: documents, written: () => withPlaces(raw) } : {}),
    ...(raw.why === undefined ? {} : { why: raw.why }),
    ...(left ? { changes: left.changes } : {}),
    ...(flux ? { brought: brought.map(({ object }) => object) } : {}),
    exposed: made.objects,
    hosts: [
      ...new Set([
        ...hostsOf(
          served.map(({ object }) => object),
          whole.usedNames,
          around,
        ),
        ...declared.filter((host) => !host.includes('*')),
      ]),
    ],
    wildcards: served.flatMap(({ object }) => unusedWildcards(object, whole.usedNames, around)),
    images: [
      ...new Set([
        ...all.flatMap(({ object }) => containersOf(podTemplateOf(object)).flatMap(({ image }) => image ?? [])),
        ...used.map(({ ref }) => ref),
      ]),
    ],
    replaced: replacedImages([...(raw.documents ?? []), ...(flux?.before ?? [])], rules.images),
    kinds: [...new Set(all.map(({ object }) => groupKind(object)))],
    defines: defines(documents),
    needs: [
      ...derivedNeeds(deployable, all, used, whole),
      ...new Set(secrets.map(({ key }) => idOf({ kind: 'secret', name: key }))),
    ],
    secrets,
    localOnly: localOnly(deployable, documents ?? [], (image) => isBuilt(image, whole)),
    problems: [
      ...raw.problems,
      ...(left?.problems ?? []),
      ...notRendered(deployable, raw),
      ...objectProblems(deployable, documents ?? [], {
        kubernetes: whole.kubernetes,
        provided: new Set(whole.providers.keys()),
        mayBring: whole.mayBring,
        classes: whole.classes,
      }),
      ...(rules.loadBalancers ? [] : loadBalancerProblems(deployable, raw.documents ?? [], whole.config)),
      ...mentionProblems(deployable.id, documents ?? [], rules.images),
      ...ambiguousImages(deployable, raw.documents ?? [], rules.images),
      ...wildcardProblems(deployable.id, served, {
        mode: whole.config.hosts.mode,
        used: whole.usedNames,
        around,
      }),
      ...made.problems,
      ...useProblems(deployable, raw.documents ?? [], whole.secrets),
    ],
    fingerprint: {
      ...fingerprintOf(deployable, rules, used, made.objects),
      ...(rules.artifacts && documents?.some(({ object }) => isAppProject(object))
        ? { projects: hashOf(rules.artifacts) }
        : {}),
      // Of what a controller reads elsewhere the files here change nothing, but for what they have it do to that.
      ...(remote
        ? { gitops: hashOf([deployable.delivery, left?.changes ?? {}]) }
        : { ...raw.inputs, ...othersRead(documents ?? [], rules, own, home) }),
    },
    madeFrom: raw.madeFrom,
  }
}

const isBuilt = (image: string, { config, images }: PlanContext): boolean => {
  const rule = images.find(({ ref }) => ref === image) ?? imageRuleFor(image, images)
  return config.images.some(({ key, build, ref = '' }) => key === rule?.key && build !== undefined && ref === '')
}

const replacedImages = (documents: readonly RenderedDocument[], rules: readonly ImageRule[]): readonly string[] =>
  documents.flatMap(({ object }) =>
    containersOf(podTemplateOf(object)).flatMap(({ image }) => {
      const rule = imageRuleFor(image, rules)
      return rule && rule.ref !== image ? [rule.ref] : []
    }),
  )

/** What helm brings passes as it is where a part was left out, as it does in the post-renderer. */
const transformed = (documents: readonly RenderedDocument[], rules: Rules): readonly RenderedDocument[] =>
  documents.flatMap((document) => {
    const [object] = transform([document.object], rules)
    if (!object) return []
    const { object: asWritten, at, text } = document
    if (text === undefined) return [{ object, at }]
    return [{ object: rules.release === true ? asWritten : object, at, text }]
  })

const exposed = (
  deployable: Deployable,
  documents: readonly RenderedDocument[],
  rules: Rules,
  { config }: PlanContext,
): { readonly objects: readonly KubeObject[]; readonly problems: readonly Problem[] } => {
  try {
    const objects = exposeObjects(
      deployable,
      documents.map(({ object }) => object),
      config,
    )
    return { objects: transform(objects, { ...rules, skip: [] }), problems: [] }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return { objects: [], problems: error.problems }
  }
}

const notRendered = ({ id, at, hosts }: Deployable, { why }: Raw): readonly Problem[] =>
  why === undefined
    ? []
    : [
        {
          severity: 'warning',
          untilUp: true,
          message: `What ${id} is made of is not known before \`up\`: ${asSentence(why)}${hosts.length > 0 ? ` Its host names are those of the file: ${hosts.join(', ')}.` : ''}`,
          at,
          step: id,
          cause: `what they are made of is not known before \`up\`: ${asSentence(why)}`,
        },
      ]

const fingerprintOf = (
  deployable: Deployable,
  rules: Rules,
  used: readonly ImageRule[],
  made: readonly KubeObject[],
): Fingerprint => ({
  images: hashOf(used),
  placement: hashOf([deployable.placement ?? {}, rules.placement ?? {}]),
  patches: hashOf([deployable.patches, deployable.skip]),
  expose: hashOf(made),
  ...mountsOf(rules),
  ...(deployable.delivery ? { gitops: hashOf(deployable.delivery) } : {}),
  ...(rules.imagePaths ? { imagePaths: hashOf(rules.imagePaths) } : {}),
  revision: `${transformRevision}.${deployable.revision}`,
})

/** Its own ConfigMaps and Secrets are among its inputs; those of other services are not. */
const othersRead = (
  documents: readonly RenderedDocument[],
  { configs = {} }: Rules,
  own: Configs,
  home: string,
): { readonly configs?: string } => {
  const read = documents.flatMap(({ object }) =>
    rollsOut(object)
      ? configsReadBy(podTemplateOf(object), configs, object.metadata.namespace ?? home).filter(
          ({ key }) => !(key in own),
        )
      : [],
  )
  return read.length > 0 ? { configs: hashOf(read.map(({ key, hash }) => [key, hash])) } : {}
}

const mountsOf = ({ secrets = [] }: Rules): { readonly mounts?: string } => {
  const mounts = secrets.flatMap(({ name, path }) => (path === undefined ? [] : [[name, path]]))
  return mounts.length > 0 ? { mounts: hashOf(mounts) } : {}
}
