import validRange from 'semver/ranges/valid.js'
import { imageRefTrouble } from './image-ref.ts'

/** Why no registry has a chart under this `oci://` reference, with what to write; undefined: one may. */
export const ociChartTrouble = (chart: string): { readonly why: string; readonly hint: string } | undefined => {
  const hint = 'For example: chart: oci://ghcr.io/example/charts/app, and version: "1.2.3" beside it'
  const rest = chart.slice('oci://'.length)
  const path = rest.indexOf('/')
  if (path < 1 || path === rest.length - 1) return { why: 'it names a registry, and no chart in it', hint }
  const [, before = '', tag] = /^([^@]*\/[^/:@]+):([^/@]*)$/.exec(rest) ?? []
  if (tag !== undefined)
    return {
      why: 'the version of a chart has a key of its own',
      hint: `Write chart: oci://${before}, and version: ${JSON.stringify(tag === '' ? '1.2.3' : tag)}`,
    }
  const why = imageRefTrouble(rest)
  return why === undefined ? undefined : { why, hint }
}

/** Whether helm takes a text as a version of charts or as a range of them; `!=` is what it has and node-semver has not. */
export const isChartVersion = (text: string): boolean =>
  validRange(text.replaceAll('!=', '=').replaceAll(',', ' ')) !== null

/** Whether a repository can have a chart of that name. */
export const isChartName = (name: string): boolean => /^[A-Za-z0-9][\w.+-]*$/.test(name)

/** Whether helm takes this as the name of a release. */
export const isRelease = (name: string): boolean =>
  name.length <= 53 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(name)
