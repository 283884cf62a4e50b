import { mapsAt, textAt } from '../../core/fields.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Problem } from '../../core/problem.ts'
import type { Deployable, RenderedObject } from '../deployable.ts'
import { groupKind } from '../kinds/kind.ts'
import { ingressClassOf } from './ingress-classes.ts'
import { lineWith } from './line-with.ts'
import { patternsIn } from './nginx-ingress.ts'

type Known = readonly { readonly deployable: Deployable; readonly documents: readonly RenderedObject[] }[]
type Found = Pick<Problem, 'severity' | 'message' | 'hint'> & { readonly text: string }

const addOn = 'addon/traefik'
const prefix = 'nginx.ingress.kubernetes.io/'

/** Annotations of ingress-nginx that Traefik does not read: docs/content/reference/routing-configuration/kubernetes/ingress-nginx.md of 3.7.11. */
export const unread: ReadonlySet<string> = new Set(
  `auth-tls-error-page auth-tls-match-cn auth-cache-key auth-cache-duration auth-keepalive auth-keepalive-share-vars
  auth-keepalive-requests auth-keepalive-timeout auth-proxy-set-headers disable-proxy-intercept-errors limit-rate-after
  limit-rate limit-whitelist global-rate-limit global-rate-limit-window global-rate-limit-key
  global-rate-limit-ignored-cidrs proxy-cookie-domain proxy-cookie-path proxy-redirect-from proxy-redirect-to
  proxy-ssl-ciphers proxy-ssl-verify-depth proxy-ssl-protocols satisfy session-cookie-conditional-samesite-none
  session-cookie-change-on-failure ssl-ciphers ssl-prefer-server-ciphers connection-proxy-header enable-modsecurity
  enable-owasp-core-rules modsecurity-transaction-id modsecurity-snippet mirror-request-body mirror-target mirror-host
  denylist-source-range stream-snippet`
    .trim()
    .split(/\s+/),
)

/** With one of these Traefik leaves the whole Ingress out, unless it is told to take them. */
const snippets = new Set(['server-snippet', 'configuration-snippet', 'auth-snippet'])

/** What Traefik makes of Ingresses that were written for ingress-nginx, where that is something else. */
export const traefikProblems = (deployables: readonly Deployable[], known: Known): readonly Problem[] => {
  if (!deployables.some(({ id }) => id === addOn)) return []
  const controller = known.find(({ deployable }) => deployable.id === addOn)
  const args = JSON.stringify(controller?.documents.map(({ object }) => object) ?? [])
  const takesSnippets = /allowsnippetannotations=true/i.test(args)
  const takesPatterns = /strictvalidatepathtype=false/i.test(args)
  return known.flatMap(({ deployable: { id }, documents }) =>
    documents.flatMap(({ object, at }) =>
      groupKind(object) === 'networking.k8s.io/Ingress' && id !== addOn
        ? [...misread(object, takesSnippets), ...(takesPatterns ? [] : patterns(object))].map(({ text, ...found }) => ({
            ...found,
            // Values of the file may loosen the rules, and are not known before the chart is here.
            severity: controller ? found.severity : ('warning' as const),
            at: lineWith(text, at),
            step: id,
          }))
        : [],
    ),
  )
}

const misread = (object: KubeObject, takesSnippets: boolean): readonly Found[] => {
  const { name, annotations = {} } = object.metadata
  const className = ingressClassOf(object)
  if (className !== undefined && className !== 'nginx') return []
  const own = Object.keys(annotations).find((key) => key.startsWith('traefik.ingress.kubernetes.io/'))
  const written = Object.keys(annotations).filter((key) => key.startsWith(prefix))
  return [
    ...(own === undefined
      ? []
      : [
          {
            severity: 'warning' as const,
            message: `Ingress ${name} has the annotation ${own}, which Traefik reads of Ingresses of its own class alone: without a class it takes them for those of ingress-nginx.`,
            hint: 'Write `ingressClassName: traefik`.',
            text: own,
          },
        ]),
    ...written.flatMap((key): readonly Found[] => {
      const short = key.slice(prefix.length)
      if (snippets.has(short) && !takesSnippets)
        return [
          {
            severity: 'error',
            message: `Ingress ${name} has the annotation ${key}, and Traefik takes no snippets unless it is told to: it leaves the whole Ingress out.`,
            hint: 'addons: { traefik: { set: { providers.kubernetesIngressNGINX.allowSnippetAnnotations: true } } }',
            text: key,
          },
        ]
      if (unread.has(short))
        return [
          {
            severity: 'warning',
            message: `Ingress ${name} has the annotation ${key}, which Traefik does not read: it goes without.`,
            text: key,
          },
        ]
      return short === 'rewrite-target' ? rewrites(object, annotations[key] ?? '', key) : []
    }),
  ]
}

/** nginx puts the target in the place of the whole path, Traefik in that of what the pattern takes: `/old/x` becomes `//x`. */
const rewrites = (object: KubeObject, target: string, key: string): readonly Found[] => {
  const paths = mapsAt(object, 'spec', 'rules')
    .flatMap((rule) => mapsAt(rule, 'http', 'paths'))
    .map((one) => ({ path: textAt(one, 'path') ?? '/', isExact: textAt(one, 'pathType') === 'Exact' }))
  const half = paths.find(({ path, isExact }) => !isExact && path !== '/' && path !== target && !/[$)*]$/.test(path))
  if (!half || /^https?:/.test(target)) return []
  const plain = half.path.replace(/\/$/, '')
  return [
    {
      severity: 'warning',
      message: `Ingress ${object.metadata.name} says ${key}: ${target} for ${half.path}, and Traefik replaces only what the path itself takes: ${plain}/x becomes ${target}/x, where ingress-nginx asks for ${target}.`,
      hint: `Say what stays: path: ${plain}(/|$)(.*), pathType: ImplementationSpecific, and ${key}: ${target === '/' ? '' : target}/$2`,
      text: key,
    },
  ]
}

const patterns = (object: KubeObject): readonly Found[] => {
  const className = ingressClassOf(object)
  if (className !== undefined && className !== 'nginx') return []
  return patternsIn(object).map(({ path, pathType }) => ({
    severity: 'error',
    message: `Ingress ${object.metadata.name} has the path ${path} with pathType ${pathType}: Traefik takes a pattern only with ImplementationSpecific, and leaves the whole Ingress out.`,
    hint: 'Write pathType: ImplementationSpecific.',
    text: path,
  }))
}
