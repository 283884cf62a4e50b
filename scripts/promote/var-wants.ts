import type { Config, ServiceConfig } from '../../config/config.ts'
import { segmentsOf } from '../image-edit/dotted-path.ts'
import { placeAt } from '../image-edit/yaml-text.ts'
import type { Want } from './edit-file.ts'
import { kindOfPath } from './pins.ts'
import type { Between, Found } from './found.ts'

/** Variables of the environments that `set` makes image tags and digests of: `set: { image.tag: "{webTag}" }`. */
export const varWants = async (
  config: Config,
  { name: service, deploy }: ServiceConfig,
  { from, to, read, show }: Between,
): Promise<Found> => {
  const notes: string[] = []
  if (deploy.kind !== 'helm') return { wants: [], notes, problems: [] }
  const varsOf = (environment: string) => config.environments.find(({ name }) => name === environment)?.vars ?? {}
  const [ours, theirs] = [varsOf(from), varsOf(to)]
  const names = Object.entries(deploy.set).flatMap(([path, value]) =>
    typeof value === 'string' && kindOfPath(segmentsOf(path)) !== undefined
      ? Object.keys(ours).filter((name) => value.includes(`{${name}}`))
      : [],
  )
  const wants: (Want & { readonly file: string })[] = []
  for (const name of new Set(names)) {
    const text = ours[name]
    if (text === undefined || theirs[name] === undefined || theirs[name] === text) continue
    const [source, target] = [from, to].map((environment) => config.at(['environments', environment, 'vars', name]))
    if (!source || !target) continue
    const path = ['environments', to, 'vars', name]
    const { documents, yaml } = await read(target.file)
    const leaf = documents[0]?.leaves.find((one) => one.path.join('\n') === path.join('\n'))
    const isThere = leaf && placeAt(yaml, leaf.offset).line === target.line && leaf.value === theirs[name]
    if (isThere) wants.push({ file: target.file, service, from: source, document: 0, path, text, isReference: false })
    else
      notes.push(
        `${service}: {${name}} is ${text} in ${from}, and ${show(target.file)} does not say it as a plain value for ${to}: it is left as it is.`,
      )
  }
  return { wants, notes, problems: [] }
}
