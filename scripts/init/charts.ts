import type { File, FoundChart } from './found.ts'
import { purposeOf, toLabel, inOrder, isEnvironment, isProduction } from './names.ts'
import { folderOf, isWithin, nameOf } from './paths.ts'
import { filledAt, readYaml, textOf } from './read-yaml.ts'

/** The charts of a folder that can be installed: no libraries, and none that another chart brings along. */
export const findCharts = (files: readonly File[], project: string): readonly FoundChart[] => {
  const all = files
    .filter(({ path }) => nameOf(path) === 'Chart.yaml')
    .map((file) => ({ file, folder: folderOf(file.path) }))
  const whole = all.filter(
    ({ folder }) => !all.some((other) => other.folder !== folder && isWithin(folder, other.folder)),
  )
  return whole.flatMap(({ file, folder }): readonly FoundChart[] => {
    const chart = readYaml(file)
    if (filledAt(chart, 'type') === 'library') return []
    const own = files.filter(({ path }) => isWithin(path, folder))
    const values = own.find(({ path }) => path === (folder === '.' ? 'values.yaml' : `${folder}/values.yaml`))
    const templates = own
      .filter(({ path }) => /(^|\/)templates\//.test(path) && /\.(ya?ml|tpl)$/.test(path))
      .map(textOf)
    const renders = (kind: string): boolean =>
      templates.some((text) => new RegExp(`^kind: *${kind} *$`, 'm').test(text))
    const called = toLabel(filledAt(chart, 'name') ?? '')
    return [
      {
        folder,
        // A chart that is called `app` or `chart` is named after where it is.
        name: called === undefined ? purposeOf(folder, project) : purposeOf(called, purposeOf(folder, project)),
        values: values === undefined ? undefined : readYaml(values),
        hasIngress: renders('Ingress'),
        hasAutoscaler: renders('HorizontalPodAutoscaler'),
      },
    ]
  })
}

/** The ways that people lay values files out, those that tell most first. Folders start at the chart's. */
const folders = ['', 'values/', 'environments/', 'envs/', 'env/', '../values/', '../']
const layouts = [
  '{name}/{env}.yaml',
  '{name}/values-{env}.yaml',
  '{name}/values.{env}.yaml',
  '{env}/{name}.yaml',
  '{name}-{env}.yaml',
  'values-{env}.yaml',
  'values.{env}.yaml',
  'values_{env}.yaml',
  '{env}/values.yaml',
  '{env}.yaml',
  '{name}.yaml',
  'values-{name}.yaml',
  'values.{name}.yaml',
]

export type ValuesFiles = { readonly values: readonly string[]; readonly environments: readonly string[] }

/** The values files beside a chart for a service of this name, with `{name}` and `{env}` where they stand in the paths. */
export const valuesFilesFor = (
  chart: string,
  name: string,
  paths: readonly string[],
  /** Several services share the chart: only what is laid out by their names tells them apart. */
  shared: boolean,
): ValuesFiles => {
  const parent = chart.includes('/') ? chart.slice(0, chart.lastIndexOf('/') + 1) : chart === '.' ? undefined : ''
  const own = chart === '.' ? '' : `${chart}/`
  for (const folder of folders) {
    // What lies beside a chart could be anybody's, unless it is a folder of values or says whose it is.
    if (folder.startsWith('../') && parent === undefined) continue
    const base = folder.startsWith('../') ? `${parent}${folder.slice(3)}` : `${own}${folder}`
    for (const layout of layouts) {
      if (folder === '../' && !layout.startsWith('values') && !layout.includes('{name}')) continue
      if (shared && !layout.includes('{name}')) continue
      const found = environmentsIn(base, layout, name, paths)
      if (found === undefined) continue
      const text = shared ? `${base}${layout}` : `${base}${layout.replaceAll('{name}', name)}`
      if (!layout.includes('{env}') || found.length > 1) return { values: [text], environments: found }
      // One environment alone is how things are here, unless it is how they are elsewhere.
      const [only = ''] = found
      if (!isProduction(only)) return { values: [text.replaceAll('{env}', only)], environments: [] }
    }
  }
  return { values: [], environments: [] }
}

const environmentsIn = (
  base: string,
  layout: string,
  name: string,
  paths: readonly string[],
): readonly string[] | undefined => {
  const pattern = `${base}${layout.replaceAll('{name}', name)}`
  if (!pattern.includes('{env}')) return paths.includes(pattern) ? [] : undefined
  const [before = '', after = ''] = pattern.split('{env}')
  const names = paths
    .filter((path) => path.startsWith(before) && path.endsWith(after))
    .map((path) => path.slice(before.length, path.length - after.length))
    .filter(isEnvironment)
  return names.length === 0 ? undefined : inOrder(names)
}
