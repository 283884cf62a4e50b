import { existsSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { mapsAt, textAt } from '../../core/fields.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import type { Place } from '../../core/problem.ts'
import { lineFinder } from '../yaml/parse.ts'
import { kustomizationFile, kustomizationFiles } from './files.ts'

/** The chart that kustomize did not get, from the words of the `helm pull` that it runs. */
export const farChart = (
  said: string,
): { readonly name: string; readonly why: string; readonly command: string } | undefined => {
  const [, why = '', args] =
    /^(?:Error: )?(.*?)\s*: unable to run: '\S+ pull --untar --untardir \S+ ([^']+)'/.exec(said) ?? []
  const name = args?.replace(/^--repo \S+ /, '').split(' ')[0]
  if (args === undefined || name === undefined || name === '') return undefined
  return { name, why: /[.!?]$/.test(why) ? why : `${why}.`, command: `helm pull ${args}` }
}

/** Where a kustomization, or one that it is made of, asks for a chart: the first of all where none is named. */
export const chartPlace = (folder: string, name?: string): Place | undefined => {
  for (const file of kustomizationFiles(folder).filter((one) => kustomizationFile(dirname(one)) === one)) {
    const text = readFileSync(file, 'utf8')
    const found = /^helmCharts:|^helmChartInflationGenerator:/m.exec(text)
    if (!found) continue
    const last = name?.split('/').at(-1) ?? ''
    const own = name === undefined ? -1 : text.indexOf(`name: ${last}`, found.index)
    if (name !== undefined && own < 0) continue
    return { file, ...lineFinder(text)(own < 0 ? found.index : own) }
  }
  return undefined
}

/** A chart that a kustomization renders; `isFar`: kustomize fetches it, and puts it beside that kustomization. */
export type KustomizeChart = { readonly name: string; readonly isFar: boolean }

/** The charts that a kustomization renders, those of its bases included. */
export const chartsIn = (folder: string): readonly KustomizeChart[] =>
  kustomizationFiles(folder)
    .filter((one) => kustomizationFile(dirname(one)) === one)
    .flatMap((file) => {
      const content = contentOf(file)
      const home = resolve(dirname(file), textAt(content, 'helmGlobals', 'chartHome') ?? 'charts')
      return mapsAt(content, 'helmCharts').map((chart): KustomizeChart => {
        const [name = '', version] = [textAt(chart, 'name'), textAt(chart, 'version')]
        const places = [name, ...(version === undefined ? [] : [join(`${name}-${version}`, name)])]
        return { name, isFar: !places.some((one) => existsSync(join(home, one, 'Chart.yaml'))) }
      })
    })

const contentOf = (file: string): unknown => {
  try {
    return readValue(readFileSync(file, 'utf8'), 'go3')
  } catch {
    return undefined
  }
}
