import { describe, expect, it } from 'vitest'
import type { KubeObject } from '../../../../cluster/kube/kube.ts'
import { traefikProblems } from '../../../../manifests/problems/traefik-ingress.ts'
import { madeDeployable } from '../made-deployable.ts'

const nginx = (name: string) => `nginx.ingress.kubernetes.io/${name}`
const ingress = (annotations: Readonly<Record<string, string>>, path = '/', spec: object = {}): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'Ingress',
  metadata: { name: 'web', annotations },
  spec: { rules: [{ http: { paths: [{ path, pathType: 'Prefix' }] } }], ...spec },
})

/** `args`: those of Traefik, as its chart renders them; none is not rendered yet. */
const found = (object: KubeObject, args: readonly string[] | undefined = []) => {
  const [addOn, web] = [madeDeployable('addon/traefik'), madeDeployable('service/web')]
  const at = { file: 'a.yaml' }
  const controller: KubeObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'traefik' }, args }
  return traefikProblems(
    [addOn, web],
    [
      ...(args ? [{ deployable: addOn, documents: [{ object: controller, at }] }] : []),
      { deployable: web, documents: [{ object, at }] },
    ],
  ).map(({ severity, message, hint = '' }) => `${severity}: ${message} ${hint}`)
}

describe('what Traefik makes otherwise of an Ingress for ingress-nginx', () => {
  it('is nothing for most', () => {
    const annotations = { [nginx('proxy-body-size')]: '8m', [nginx('rewrite-target')]: '/$2' }
    expect(found(ingress(annotations, '/old(/|$)(.*)', { ingressClassName: 'traefik' }))).toEqual([])
    expect(found(ingress({ [nginx('proxy-body-size')]: '8m' }))).toEqual([])
    expect(traefikProblems([madeDeployable('service/web')], [])).toEqual([])
  })

  it('is said where it leaves the Ingress out', () => {
    const snippet = ingress({ [nginx('configuration-snippet')]: 'x' })
    expect(found(snippet)).toEqual([expect.stringMatching(/^error: .* no snippets .*allowSnippetAnnotations: true/)])
    expect(found(snippet, ['--providers.kubernetesingressnginx.allowSnippetAnnotations=true'])).toEqual([])
    expect(found(ingress({}, '/a(/|$)(.*)'))).toEqual([expect.stringMatching(/^error: .* with pathType Prefix/)])
  })

  it('is said where it goes without, rewrites otherwise, or reads nothing of its own', () => {
    expect(found(ingress({ [nginx('mirror-target')]: 'x' }))).toEqual([expect.stringMatching(/does not read/)])
    expect(found(ingress({ [nginx('rewrite-target')]: '/' }, '/old'))).toEqual([
      expect.stringMatching(/\/old\/x becomes \/\/x, .* path: \/old\(\/\|\$\)\(\.\*\), .*rewrite-target: \/\$2/),
    ])
    expect(found(ingress({ [nginx('rewrite-target')]: '/' }, '/'))).toEqual([])
    expect(found(ingress({ 'traefik.ingress.kubernetes.io/router.priority': '1' }))).toEqual([
      expect.stringContaining('Write `ingressClassName: traefik`.'),
    ])
  })
})
