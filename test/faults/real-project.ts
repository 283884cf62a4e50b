import type { Sandbox } from '../support/sandbox.ts'

/** How often each thing was changed or taken away: it is another one each time. */
export type Project = {
  readonly turn: number
  /** A step that the file does not have now, with those that cannot be without it. */
  readonly without?: string
  readonly addon: boolean
}

const kindup = ({ turn, without, addon }: Project): string => {
  const has = (step: string): boolean => without !== step
  const widget = has('service/widget') && has('crds')
  return [
    'name: faults',
    `hosts: { extra: [faults.test${has('hosts') ? `, turn-${turn}.faults.test` : ''}] }`,
    ...(has('crds') ? ['crds: [./crds.yaml]'] : []),
    ...(has('secret/login')
      ? ['secrets:', '  login: { from: { random: { PASSWORD: 12 } }, namespaces: [faults] }']
      : []),
    ...(addon && has('addon/metrics-server') ? ['addons: { metrics-server: true }'] : []),
    'images:',
    '  web: { build: ./web, name: example/faults, tag: hash }',
    'services:',
    ...(widget ? ['  widget: { namespace: faults, deploy: { manifests: [./widget.yaml] } }'] : []),
    // Runs nothing, and has the image put into the node.
    '  later: { namespace: faults, deploy: { manifests: [./later.yaml] } }',
    '',
  ].join('\n')
}

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.faults.test }
spec:
  group: faults.test
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget, listKind: WidgetList }
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } } }]
`

const later = `apiVersion: batch/v1
kind: CronJob
metadata: { name: later }
spec:
  schedule: "0 0 1 1 *"
  suspend: true
  jobTemplate: { spec: { template: { spec: { restartPolicy: Never, containers: [{ name: web, image: example/faults }] } } } }
`

/** Writes the files of an environment of one of each kind of step, as they are at that turn, into `project`. */
export const writeProject = async (home: Sandbox, project: Project): Promise<void> => {
  await Promise.all([
    home.write('project/kindup.yaml', kindup(project)),
    home.write('project/crds.yaml', definition),
    home.write(
      'project/widget.yaml',
      `apiVersion: faults.test/v1\nkind: Widget\nmetadata: { name: one }\nspec: { turn: ${project.turn} }\n`,
    ),
    home.write('project/later.yaml', later),
    home.write('project/web/Dockerfile', `FROM scratch\nCOPY Dockerfile /\nLABEL turn=${project.turn}\n`),
  ])
}
