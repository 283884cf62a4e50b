import type { File, FoundChart } from './found.ts'
import { purposeOf, toLabel } from './names.ts'
import { folderOf, isWithin, nameOf } from './paths.ts'
import { readYaml, textAt, textOf } from './read-yaml.ts'

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
    if (textAt(chart, 'type') === 'library') return []
    const own = files.filter(({ path }) => isWithin(path, folder))
    const values = own.find(({ path }) => path === (folder === '.' ? 'values.yaml' : `${folder}/values.yaml`))
    const templates = own
      .filter(({ path }) => /(^|\/)templates\//.test(path) && /\.(ya?ml|tpl)$/.test(path))
      .map(textOf)
    const renders = (kind: string): boolean =>
      templates.some((text) => new RegExp(`^kind: *${kind} *$`, 'm').test(text))
    const called = toLabel(textAt(chart, 'name') ?? '')
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
