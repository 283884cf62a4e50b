import { flow } from '../../config/shape/flow.ts'
import { asWritten } from './paths.ts'
import type { DraftImage, DraftSecret, DraftService, Exposed } from './draft-service.ts'
import { hostOf, type Draft } from './draft.ts'

/** The text of a `kindup.yaml`: what a person would write, with a comment where it is not plain why. */
export const writeDraft = (draft: Draft, schema: string): string =>
  [
    `# yaml-language-server: $schema=${schema}`,
    '# A local Kubernetes environment: `kindup up` makes it, `kindup down` takes',
    "# it away. Paths start at this file's folder; {env}, {name} and {image.tag}",
    '# are filled in, and ${VAR} comes from the environment of the shell.',
    '',
    `name: ${scalar(draft.name)} # the kubectl context is kind-${draft.name}`,
    '',
    ...clusterLines(draft),
    ...section('addons', addonLines(draft)),
    ...section(
      'crds',
      draft.crds.map((path) => `  - ${scalar(path)}`),
    ),
    ...section(
      'environments',
      draft.environments.map(({ name, namespace, short }) => {
        const keys = [
          ...(namespace === undefined ? [] : [`namespace: ${scalar(namespace)}`]),
          ...(short === undefined ? [] : [`vars: { short: ${scalar(short)} }`]),
        ]
        return `  ${scalar(name)}: ${keys.length === 0 ? '{}' : `{ ${keys.join(', ')} }`}`
      }),
      'all of them, or one: `kindup up --env NAME`',
    ),
    ...imagesSection(draft.images),
    ...section('secrets', (draft.secrets ?? []).map(secretLine)),
    ...serviceSection(draft),
    ...(draft.publicHosts.length === 0
      ? []
      : [
          '',
          '# Public names are written to the hosts file only if they stand here:',
          `# hosts: { extra: ${flow(draft.publicHosts)} }`,
        ]),
    ...(draft.notes.length === 0 ? [] : ['', ...draft.notes.flatMap(wrapped)]),
    '',
  ].join('\n')

const clusterLines = ({ kind, workers }: Draft): readonly string[] => {
  if (kind === undefined || (kind.nodes.length === 0 && Object.keys(kind.rest).length === 0))
    return ['cluster:', `  workers: ${workers} # beside the control plane`]
  return [
    `cluster: # as ${asWritten(kind.file)} has it`,
    ...(kind.nodes.length === 0 ? [] : ['  nodes:']),
    ...kind.nodes.flatMap(({ role, labels, ports, mounts }) => [
      `    - role: ${role}`,
      ...(Object.keys(labels).length === 0
        ? []
        : [
            `      labels: { ${Object.entries(labels)
              .map(([key, value]) => `${scalar(key)}: ${quoted(value)}`)
              .join(', ')} }`,
          ]),
      ...(ports.length === 0 ? [] : [`      ports: [${ports.map((port) => JSON.stringify(port)).join(', ')}]`]),
      ...(mounts.length === 0 ? [] : [`      mounts: ${list(mounts)}`]),
    ]),
    ...(Object.keys(kind.rest).length === 0 ? [] : [`  kind: ${flow(escaped(kind.rest))}`]),
  ]
}

/** A text that would be read as something else gets its quotes. */
const quoted = (value: string): string =>
  /^(?:true|false|null|~|[-+.\d].*|)$/i.test(value) ? JSON.stringify(value) : scalar(value)

const escaped = (value: unknown): unknown =>
  typeof value === 'string'
    ? value.replaceAll('$', '$$$$')
    : Array.isArray(value)
      ? value.map(escaped)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, escaped(inner)]))
        : value

const section = (key: string, lines: readonly string[], comment?: string): readonly string[] =>
  lines.length === 0 ? [] : ['', `${key}:${comment === undefined ? '' : ` # ${comment}`}`, ...lines]

/** What nothing runs is no work for `up`, and a person may know better. */
const imagesSection = (images: Draft['images']): readonly string[] => {
  const built = linesOf(images.filter(({ unused }) => unused !== true))
  const unused = linesOf(images.filter((image) => image.unused === true).map((image) => ({ ...image, why: '' })))
  return [
    ...section('images', built),
    ...(unused.length === 0
      ? []
      : [
          ...(built.length === 0 ? [''] : []),
          `${built.length === 0 ? '' : '  '}# Nothing that is deployed names these. Without the # they are built, too:`,
          ...(built.length === 0 ? ['# images:'] : []),
          ...unused.map((line) => (built.length === 0 ? `# ${line}` : `  # ${line.slice(2)}`)),
        ]),
  ]
}

const linesOf = (images: Draft['images']): readonly string[] =>
  images.flatMap(({ key, why, unused: _unused, ...image }) => [
    `  ${scalar(key)}:${why === '' ? '' : ` # ${why}`}`,
    ...imageLines(image, '    '),
  ])

/** A text as YAML; a dollar sign would begin a variable. */
const scalar = (text: string): string => flow(text.replaceAll('$', '$$$$'))

const addonLines = ({ addons, domain }: Draft): readonly string[] => {
  const on = addons.filter((addon) => addon.on)
  return on.map(({ name, why, hasHost, set }) => {
    const keys = [...(hasHost ? [`host: ${scalar(`${name}.${domain}`)}`] : []), ...(set ? [`set: ${flow(set)}`] : [])]
    return `  ${name}: ${keys.length > 0 ? `{ ${keys.join(', ')} }` : 'true'} # ${why}`
  })
}

/** A dollar sign that stays: the shell's variable is what is meant. */
const secretLine = ({ name, envFile, files, shell = [] }: DraftSecret): string => {
  const names = Object.entries(files ?? {})
  const plain = names.every(([key, path]) => path === `./${key}` || path.endsWith(`/${key}`))
  const from = [
    ...(envFile === undefined ? [] : [`envFile: ${scalar(envFile)}`]),
    ...(names.length === 0
      ? []
      : [
          plain
            ? `files: ${list(names.map(([, path]) => path))}`
            : `files: { ${names.map(([key, path]) => `${scalar(key)}: ${scalar(path)}`).join(', ')} }`,
        ]),
    ...(shell.length === 0 ? [] : [`literals: { ${shell.map((key) => `${key}: "\${${key}:-}"`).join(', ')} }`]),
  ]
  return `  ${scalar(name)}: { from: { ${from.join(', ')} } }`
}

/** `isGiven`: whatever is deployed is told the image's name, and names none itself. */
const imageLines = (
  { name, tag, isBase, context, file, target, args }: DraftImage,
  indent: string,
  isGiven = false,
): readonly string[] => [
  file === undefined && target === undefined && args === undefined
    ? `${indent}build: ${scalar(context)}`
    : `${indent}build: { context: ${scalar(context)}${file === undefined ? '' : `, file: ${scalar(file)}`}${target === undefined ? '' : `, target: ${scalar(target)}`}${args === undefined ? '' : `, args: ${flow(escaped(args))}`} }`,
  ...(name === undefined
    ? []
    : [
        `${indent}name: ${scalar(name)}${isGiven ? '' : ` # as it stands in the ${isBase ? 'Dockerfile' : 'manifests'}`}`,
      ]),
  ...(tag === undefined ? [] : [`${indent}tag: ${quoted(tag)}`]),
]

const serviceSection = (draft: Draft): readonly string[] =>
  draft.services.length > 0
    ? section(
        'services',
        draft.services.flatMap((service, index) => [...(index > 0 ? [''] : []), ...serviceLines(service, draft)]),
      )
    : [
        '',
        '# Nothing that can be deployed was found. A service looks like this:',
        '# services:',
        `#   ${draft.images[0]?.key ?? 'web'}:`,
        ...(draft.images.length > 0 ? [] : ['#     image: { build: ./web } # a folder with a Dockerfile']),
        '#     deploy: { manifests: [./k8s] } # or helm: { chart: ./chart }, or kustomize: ./k8s',
      ]

const serviceLines = (service: DraftService, draft: Draft): readonly string[] => {
  const { name, image, deploy, environments, namespace, expose = [], hostPorts = [], needs = [] } = service
  const host = hostOf(draft, service)
  const isNarrow = environments.length > 0 && environments.length < draft.environments.length
  const hasHost = deploy.kind === 'helm' && deploy.sets.some(({ to }) => to === 'host')
  const isGiven = deploy.kind === 'helm' && deploy.sets.some(({ to }) => to === 'image.repository')
  return [
    `  ${scalar(name)}:`,
    ...(image === undefined ? [] : ['    image:', ...imageLines(image, '      ', isGiven)]),
    '    deploy:',
    ...deployLines(service, host),
    ...(isNarrow ? [`    environments: ${list(environments)}`] : []),
    ...(namespace === undefined
      ? []
      : [`    namespace: ${scalar(namespace)}${deploy.kind === 'helm' ? '' : ' # its objects say so'}`]),
    ...(hasHost ? [`    hosts: ${list([host])} # known before anything is rendered`] : []),
    ...exposeLines(expose, host),
    ...(hostPorts.length === 0
      ? []
      : [
          `    expose: [${hostPorts.map(({ service: of, port, hostPort }) => `{ service: ${scalar(of)}, port: ${port}, hostPort: ${hostPort} }`).join(', ')}]`,
        ]),
    ...(needs.length === 0 ? [] : [`    needs: ${list(needs)}`]),
  ]
}

/** One has the name of the service, several have their own before it. */
const exposeLines = (expose: readonly Exposed[], host: string): readonly string[] => {
  const entries = expose.map(
    ({ service, port }) =>
      `{ service: ${scalar(service)}, port: ${port}, host: ${scalar(expose.length === 1 ? host : `${service}.${host}`)} }`,
  )
  if (entries.length === 0) return []
  return entries.length === 1
    ? [`    expose: [${entries[0]}]`]
    : ['    expose:', ...entries.map((entry) => `      - ${entry}`)]
}

const deployLines = ({ deploy }: DraftService, host: string): readonly string[] => {
  if (deploy.kind === 'helm') {
    const to = {
      host: scalar(host),
      true: 'true',
      'image.repository': '"{image.repository}"',
      'image.tag': '"{image.tag}"',
    }
    return [
      '      helm:',
      `        chart: ${scalar(deploy.chart)}`,
      ...(deploy.repo === undefined ? [] : [`        repo: ${scalar(deploy.repo)}`]),
      ...(deploy.version === undefined ? [] : [`        version: ${JSON.stringify(deploy.version)}`]),
      ...(deploy.release === undefined ? [] : [`        release: ${scalar(deploy.release.text)}`]),
      ...(deploy.values.length === 0 ? [] : [`        values: ${list(deploy.values)}`]),
      ...(deploy.sets.length === 0 ? [] : ['        set:']),
      ...deploy.sets.map(
        (set) => `          ${scalar(set.path)}: ${set.to === 'as' ? flow(escaped(set.as)) : to[set.to]}`,
      ),
    ]
  }
  if (deploy.kind === 'flux') return [`      flux: ${scalar(deploy.path)}`]
  if (deploy.kind === 'applications') return [`      applications: ${list(deploy.paths)}`]
  return [
    deploy.kind === 'kustomize'
      ? `      kustomize: ${deploy.charts ? `{ path: ${scalar(deploy.paths[0] ?? '.')}, helm: true } # it renders charts` : scalar(deploy.paths[0] ?? '.')}`
      : `      manifests: ${list(deploy.paths)}`,
    ...(deploy.skip.length === 0
      ? []
      : [`      skip: ${list(deploy.skip)} # nothing in this cluster serves these kinds`]),
  ]
}

const list = (texts: readonly string[]): string => `[${texts.map(scalar).join(', ')}]`

/** A sentence as comment lines of a readable width. */
const wrapped = (text: string): readonly string[] => {
  const lines = ['#']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) ?? ''
    if (last.length + word.length > 75 && last !== '#') lines.push(`#   ${word}`)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
