import { isRecord } from '../../../core/is-record.ts'
import { fieldsAt, listAt, mapsAt, textAt, textListAt, valueAt, type Fields } from '../../../core/fields.ts'
import type { ChartSet } from '../draft-service.ts'
import type { File, FoundApplication, FoundTool, RemoteRelease } from '../found.ts'
import { folderOf, fromFolder, nameOf } from '../paths.ts'
import { filledAt } from '../read-yaml.ts'
import { imageAt } from './image-at.ts'

/** Whether a file is one of Skaffold's. */
export const isSkaffold = ({ path }: File): boolean => /^skaffold(?:[.-][\w.-]+)?\.ya?ml$/.test(nameOf(path))

/** What one document of Skaffold, of any version, says of images and releases. */
export const readSkaffold = (
  file: File,
  document: Fields,
  { files, charts }: { readonly files: readonly File[]; readonly charts: ReadonlySet<string> },
): FoundTool | undefined => {
  if (!textAt(document, 'apiVersion')?.startsWith('skaffold/')) return undefined
  const folder = folderOf(file.path)
  const left: string[] = []
  const images = mapsAt(document, 'build', 'artifacts').flatMap((artifact) => {
    const reference = textAt(artifact, 'image') ?? textAt(artifact, 'imageName') ?? ''
    const other = builders.find((key) => valueAt(artifact, key) !== undefined)
    const docker = fieldsAt(artifact, 'docker')
    const { args, templates } = argsOf(artifact)
    const image = imageAt(
      folder,
      {
        reference,
        context: textAt(artifact, 'context') ?? textAt(artifact, 'workspace') ?? '.',
        dockerfile:
          filledAt(docker, 'dockerfile') ??
          filledAt(docker, 'dockerfilePath') ??
          filledAt(artifact, 'kaniko', 'dockerfile'),
        target: filledAt(docker, 'target') ?? filledAt(artifact, 'kaniko', 'target'),
        args,
      },
      files,
      { isBelow: true },
    )
    if (image && (other === undefined || other === 'kaniko')) {
      if (templates.length > 0)
        left.push(`its image ${reference} gets ${templates.join(', ')} by templates: args of its build takes them`)
      return [image]
    }
    left.push(
      other === undefined ? `its image ${reference} has no Dockerfile` : `${other} builds its image ${reference}`,
    )
    return []
  })
  const releases = [
    ...mapsAt(document, 'deploy', 'helm', 'releases'),
    ...mapsAt(document, 'manifests', 'helm', 'releases'),
  ]
  const applications: FoundApplication[] = []
  const remote: RemoteRelease[] = []
  for (const release of releases) {
    const name = textAt(release, 'name') ?? ''
    const namespace = plain(filledAt(release, 'namespace'))
    const values = textListAt(release, 'valuesFiles')
      .filter((path) => plain(path) !== undefined)
      .map((path) => fromFolder(folder, path))
      .filter((path) => files.some((one) => one.path === path))
    const local = filledAt(release, 'chartPath')
    const { sets, templates } = setsOf(release)
    const chart = local === undefined ? undefined : fromFolder(folder, local)
    const far = filledAt(release, 'remoteChart')
    const repo = filledAt(release, 'repo')
    const version = plain(filledAt(release, 'version'))
    if (plain(name) === undefined || name === '') left.push('a release has a name that is made up when it runs')
    else if (chart !== undefined && charts.has(chart))
      applications.push({
        file: file.path,
        name,
        namespace,
        chart,
        values: values.filter((path) => path !== `${chart}/values.yaml`),
        release: name,
        sets,
      })
    else if (far !== undefined && (repo !== undefined || far.startsWith('oci://')))
      remote.push({
        name,
        chart: far,
        values,
        sets,
        needs: [],
        ...(repo !== undefined && { repo }),
        ...(version !== undefined && { version }),
        ...(namespace !== undefined && { namespace }),
      })
    else
      left.push(
        `the chart of its release ${name} is not here${far === undefined ? '' : `: ${far} is a name in a repository that is not said`}`,
      )
    const inline = ['overrides', 'setFiles'].filter((key) => isRecord(valueAt(release, key)))
    if (templates.length > 0)
      left.push(
        `its release ${name} sets ${templates.join(', ')} by templates: the image is set by itself, the rest belongs under set`,
      )
    if (inline.length > 0)
      left.push(`its release ${name} has ${inline.join(' and ')}: they belong into a values file, or under set`)
  }
  const profiles = mapsAt(document, 'profiles').map((one) => textAt(one, 'name') ?? '')
  if (profiles.length > 0) left.push(`its profiles (${profiles.join(', ')})`)
  for (const forward of mapsAt(document, 'portForward')) left.push(forwardLine(forward))
  if (listAt(document, 'verify').length + listAt(document, 'customActions').length > 0)
    left.push('what it runs beside (verify, customActions)')
  const hooks = mapsAt(document, 'build', 'artifacts').some((one) => valueAt(one, 'hooks') !== undefined)
  if (hooks || valueAt(document, 'deploy', 'kubectl', 'hooks') !== undefined)
    left.push('its hooks: `hooks:` of a service takes them')
  return { tool: 'Skaffold', file: file.path, images, applications, remote, left }
}

/** What an image is built with: arguments that are written out, and the images of this or another file that it is built from. */
const argsOf = (
  artifact: Fields,
): { readonly args: Readonly<Record<string, string>>; readonly templates: readonly string[] } => {
  const given = ['docker', 'kaniko'].flatMap((key) => Object.entries(fieldsAt(artifact, key, 'buildArgs')))
  const written = given.flatMap(([name, value]): readonly (readonly [string, string])[] =>
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [[name, String(value)]] : [],
  )
  const bases = mapsAt(artifact, 'requires').flatMap((required): readonly (readonly [string, string])[] => {
    const image = textAt(required, 'image') ?? ''
    const alias = textAt(required, 'alias') ?? image
    return /^\w+$/.test(alias) && image !== '' ? [[alias, image]] : []
  })
  return {
    args: Object.fromEntries([...written, ...bases].filter(([, value]) => plain(value) !== undefined)),
    templates: written.filter(([, value]) => plain(value) === undefined).map(([name]) => name),
  }
}

/** What it sets one by one: maps in them are paths with dots, as Skaffold hands them to helm. Texts that are made when it runs are named. */
const setsOf = (release: Fields): { readonly sets: readonly ChartSet[]; readonly templates: readonly string[] } => {
  const all = ['setValues', 'setValueTemplates'].flatMap((key) => flat(fieldsAt(release, key), ''))
  const isTemplate = ([, value]: (typeof all)[number]): boolean =>
    typeof value === 'string' && plain(value) === undefined
  return {
    sets: all.filter((one) => !isTemplate(one)).map(([path, as]) => ({ path, to: 'as', as })),
    templates: all.filter(isTemplate).map(([path]) => path),
  }
}

const flat = (fields: Fields, above: string): readonly (readonly [path: string, value: string | number | boolean])[] =>
  Object.entries(fields).flatMap(([key, value]) => {
    const path = `${above}${key}`
    if (isRecord(value)) return flat(value, `${path}.`)
    if (Array.isArray(value))
      return flat(Object.fromEntries(value.map((one: unknown, index) => [`${path}[${index}]`, one])), '')
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
      ? [[path, value] as const]
      : []
  })

/** Ways to build an image without a Dockerfile that an engine could take as it stands. */
const builders = ['bazel', 'buildpacks', 'jib', 'jibGradle', 'jibMaven', 'custom', 'ko', 'googleCloudBuild', 'kaniko']

/** Undefined for a text that is filled in when the tool runs. */
const plain = (text: string | undefined): string | undefined =>
  text === undefined || /\{\{|\$\{|\$\w/.test(text) ? undefined : text

const forwardLine = (forward: Fields): string => {
  const [kind, name, port] = ['resourceType', 'resourceName', 'port'].map((key) => {
    const value = valueAt(forward, key)
    return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  })
  return `a port that it forwards to ${kind} ${name}: \`kindup forward NAME ${port}\``
}
