import { resolve } from 'node:path'
import { didYouMean, nearest } from '../../core/suggest.ts'
import { builtinAddons } from '../builtin-addons.ts'
import type { AddonConfig } from '../config.ts'
import type { FileAddons } from '../schema/file.ts'
import { chartReference } from './chart.ts'
import type { Scope } from './scope.ts'

/** The add-ons that are on, in the order of the file. */
export const normaliseAddons = (file: FileAddons, scope: Scope): readonly AddonConfig[] =>
  Object.entries(file).flatMap(([name, written]) => {
    if (written === false) warnOfMisspelt(name, scope)
    if (written === false || written === undefined) return []
    const section = written === true ? {} : written
    const builtin = Object.hasOwn(builtinAddons, name)
    const at = ['addons', name]
    if (!builtin && section.chart === undefined && scope.findings.intact([...at, 'chart'])) {
      const known = Object.keys(builtinAddons)
      scope.findings.error({
        path: at,
        key: true,
        message: `addons.${name} is no built-in add-on, so it needs a chart.`,
        hint: didYouMean(
          name,
          known,
          `Built in are ${known.join(', ')}. Otherwise: ${name}: { chart: ./charts/${name} }`,
        ),
      })
    }
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

/** What is turned off may be of a file that this one is laid over; a name that is nearly a built-in one is a slip. */
const warnOfMisspelt = (name: string, { findings }: Scope): void => {
  const near = Object.hasOwn(builtinAddons, name) ? undefined : nearest(name, Object.keys(builtinAddons))
  if (near === undefined) return
  findings.warn({
    path: ['addons', name],
    key: true,
    message: `addons.${name} turns off an add-on that there is not.`,
    hint: `Did you mean ${near}?`,
  })
}
