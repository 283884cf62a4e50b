import { resolve } from 'node:path'
import { nearest } from '../../core/suggest.ts'
import { builtinAddons } from '../builtin-addons.ts'
import type { AddonConfig } from '../config.ts'
import type { FileAddons } from '../schema/file.ts'
import { isChartVersion, isRelease } from '../parse/chart-ref.ts'
import { dnsLabelRule, label } from '../schema/text.ts'
import { chartReference } from './chart.ts'
import type { Scope } from './scope.ts'

type Section = Exclude<NonNullable<FileAddons[string]>, boolean>

/** What the name becomes: that of a namespace and of a release, where the section says no other. */
const checkNames = (
  name: string,
  { release, namespace, version, chart }: Partial<Section>,
  { findings }: Scope,
): void => {
  const at = ['addons', name]
  if (!label().safeParse(name).success)
    findings.error({
      path: at,
      key: true,
      message: `addons: an add-on cannot be called ${JSON.stringify(name)}: ${dnsLabelRule}, 63 at most.`,
    })
  else if (release === undefined && !isRelease(name))
    findings.error({
      path: at,
      key: true,
      message: `addons.${name} has ${name.length} characters, and the release of helm that is called so takes 53.`,
      hint: 'Give it another: release: short-name',
    })
  if (release !== undefined && !isRelease(release))
    findings.error({
      path: [...at, 'release'],
      message: `addons.${name}.release is ${JSON.stringify(release)}: helm wants lower-case letters, digits and dashes, 53 at most.`,
    })
  if (namespace === 'kindup')
    findings.error({
      path: [...at, 'namespace'],
      message: `addons.${name}.namespace is "kindup", the namespace of kindup's own records.`,
      hint: 'Choose another name.',
    })
  if (chart === undefined && version !== undefined && !isChartVersion(version))
    findings.error({
      path: [...at, 'version'],
      message: `addons.${name}.version is ${JSON.stringify(version)}: that is no version of a chart, and no range of them.`,
      hint: 'For example: version: "1.2.3", or "^1.2" for the newest that fits',
    })
}

/** The add-ons that are on, in the order of the file. */
export const normaliseAddons = (file: FileAddons, scope: Scope): readonly AddonConfig[] =>
  Object.entries(file).flatMap(([name, written]) => {
    if (written === false || written === undefined) return []
    const section = written === true ? {} : written
    const builtin = Object.hasOwn(builtinAddons, name)
    const at = ['addons', name]
    if (!builtin && section.chart === undefined && scope.findings.intact([...at, 'chart'])) {
      const near = nearest(name, Object.keys(builtinAddons))
      scope.findings.error({
        path: at,
        key: true,
        message: `addons.${name} is no built-in add-on, so it needs a chart.`,
        hint:
          near === undefined
            ? `Built in are ${Object.keys(builtinAddons).join(', ')}. Otherwise: ${name}: { chart: ./charts/${name} }`
            : `Did you mean ${near}?`,
      })
    }
    checkNames(name, section, scope)
    const { values, set, needs, chart, ...rest } = section
    return [
      {
        name,
        ...rest,
        ...(chart === undefined ? {} : { chart: chartReference({ ...rest, chart }, at, scope, builtin) }),
        values: (values ?? []).map((path) => resolve(scope.folder, path)),
        set: set ?? {},
        needs: needs ?? [],
      },
    ]
  })
