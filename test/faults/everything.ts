import { deployment, hostsBefore, kubeconfigBefore, shop, type Shop } from '../integration/shop.ts'
import type { MachineOptions } from '../support/stand-ins/machine.ts'
import { realTool } from '../support/real-tools.ts'
import { ownPort } from '../support/own-port.ts'

export { hostsBefore, kubeconfigBefore }

const helm = realTool('helm4') ?? realTool('helm3')

const file = (port: number, addons: string): string => `name: shop
cluster:
  nodes:
    - role: control-plane
    - role: worker
      ports: ["0:80"]
  registry: { port: ${port} }
  mirrors: [docker.io]
hosts: { file: ./hosts, extra: [shop.test] }
crds: [./crds]
${addons}secrets:
  login: { from: { random: { PASSWORD: 12 } }, namespaces: [dev] }
environments: { dev: {} }
services:
  web:
    image: { build: ./web, name: "localhost:${port}/team/web", tag: hash }
    deploy: { manifests: [./web.yaml] }
    smoke: [{ path: /health, host: web.test, timeout: 5s }]
    hosts: [web.test]
  api:
    deploy: { manifests: [./api.yaml] }
    needs: [web]
`

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.shop.test }
spec:
  group: shop.test
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
`

/** Every kind of step that stand-ins know; an add-on where there is a helm. In the order of the plan. */
export const everyStep: readonly string[] = [
  'cluster/api',
  'cluster/nodes',
  'registry',
  'mirror/docker.io',
  'image/web',
  'crds',
  'secret/login',
  ...(helm === undefined ? [] : ['addon/greeter']),
  'service/web@dev',
  'service/api@dev',
  'hosts',
]

/** An environment of one of each kind of step, on a machine of stand-ins. A real helm is half of what a run costs: an add-on is there where `addons` says so. */
export const everything = async (options: MachineOptions = {}, { addons = true } = {}): Promise<Shop> => {
  const port = await ownPort()
  const at = await shop({ ...options, ...(helm !== undefined && { tools: { helm } }) })
  at.world.images.set('registry:3', { id: 'sha256:1', labels: {} })
  await Promise.all([
    at.write(
      'kindup.yaml',
      file(port, addons && helm !== undefined ? 'addons: { greeter: { chart: ./greeter, namespace: greeter } }\n' : ''),
    ),
    at.write('crds/widgets.yaml', definition),
    at.write('greeter/Chart.yaml', 'apiVersion: v2\nname: greeter\nversion: 1.0.0\n'),
    at.write('greeter/templates/greeter.yaml', deployment('greeter', 'example/greeter:1')),
    at.write('web.yaml', deployment('web', `localhost:${port}/team/web`)),
    at.write('api.yaml', deployment('api', 'example/api:1')),
  ])
  return at
}
