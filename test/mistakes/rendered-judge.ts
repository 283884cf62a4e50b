import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RenderedMistake } from './rendered-table.ts'

const here = fileURLToPath(new URL('../fixtures/mistakes', import.meta.url))

/** Copies the chart and the kustomization into a folder, where mistakes are made in them. */
export const copySources = async (folder: string): Promise<void> => {
  for (const name of ['chart', 'kustomize']) await cp(join(here, name), join(folder, name), { recursive: true })
}

/**
 * One chart and one kustomization, both called `many`, that hold a copy of the fixtures for each of some mistakes, with
 * that mistake in it: all of them are rendered at once. Copies have a name of their own, `copy01`, in what they make, on
 * the lines that the fixtures have; `copy00` has no mistake.
 */
export const copyOfEach = async (
  folder: string,
  mistakes: readonly RenderedMistake[],
): Promise<readonly { readonly mistake: RenderedMistake; readonly at: MistakePlace; readonly copy: string }[]> => {
  const parent = { chart: join(folder, 'many/chart'), kustomize: join(folder, 'many/kustomize') }
  const overlays: string[] = []
  const copy = async (kind: 'chart' | 'kustomize', name: string, mistake?: RenderedMistake) => {
    const to = kind === 'chart' ? join(parent.chart, 'charts', name) : join(parent.kustomize, name)
    await cp(join(here, kind), to, { recursive: true })
    const made = mistake && (await makeMistake(to, { ...mistake, file: mistake.file.slice(kind.length + 1) }))
    if (kind === 'kustomize') overlays.push(`${name}/overlays/dev`)
    await (kind === 'chart' ? nameChart : nameKustomization)(to, name)
    return made
  }
  await copy('chart', 'copy00')
  await copy('kustomize', 'copy00')
  const all = []
  for (const [index, mistake] of mistakes.entries()) {
    const name = `copy${String(index + 1).padStart(2, '0')}`
    const made = await copy(mistake.file.startsWith('chart') ? 'chart' : 'kustomize', name, mistake)
    if (made) all.push({ mistake, at: made.at, copy: name })
  }
  await mkdir(parent.chart, { recursive: true })
  await writeFile(join(parent.chart, 'Chart.yaml'), 'apiVersion: v2\nname: many\nversion: 0.1.0\n')
  const resources = overlays.map((overlay) => `  - ${overlay}\n`).join('')
  await writeFile(join(parent.kustomize, 'kustomization.yaml'), `resources:\n${resources}`)
  return all
}

/** Charts of one release have one release name: theirs is what tells them apart. */
const nameChart = async (folder: string, name: string): Promise<void> => {
  const templates = await readdir(join(folder, 'templates'))
  for (const file of templates)
    await edit(join(folder, 'templates', file), (text) => text.replaceAll('.Release.Name', '.Chart.Name'))
  await edit(join(folder, 'Chart.yaml'), (text) => text.replace('name: shop', `name: ${name}`))
  await edit(join(folder, 'values.yaml'), (text) =>
    text.replace('host: shop', `host: ${name}`).replace('serviceAccount: shop', `serviceAccount: ${name}`),
  )
}

const nameKustomization = async (folder: string, name: string): Promise<void> => {
  const overlay = join(folder, 'overlays/dev')
  await edit(join(overlay, 'kustomization.yaml'), (text) => `${text}namespace: ${name}\n`)
  await edit(join(overlay, 'ingress.yaml'), (text) => text.replace('host: web', `host: ${name}`))
}

const edit = async (file: string, change: (text: string) => string): Promise<void> =>
  writeFile(file, change(await readFile(file, 'utf8')))

type MistakePlace = { readonly file: string; readonly line: number }

/** Makes a mistake in a copy, and answers its file and line, and what takes it back. Throws where what it changes does not stand there. */
export const makeMistake = async (
  folder: string,
  { file, good, bad, below = 0 }: RenderedMistake,
): Promise<{ readonly at: MistakePlace; takeBack(): Promise<void> }> => {
  const path = join(folder, file)
  const text = await readFile(path, 'utf8')
  const at = text.indexOf(good)
  if (at < 0) throw new Error(`${file} does not hold ${JSON.stringify(good)}`)
  const changed = `${text.slice(0, at)}${bad}${text.slice(at + good.length)}`
  await writeFile(path, changed)
  const lines = text.split('\n')
  const first = changed.split('\n').findIndex((line, index) => line !== lines[index])
  return { at: { file: path, line: first + 1 + below }, takeBack: () => writeFile(path, text) }
}
