import { builtinAddons } from '../../config/builtin-addons.ts'
import type { Check } from './check.ts'

export const retiredCheck: Check = {
  id: 'add-ons',
  title: 'the add-ons of the file are maintained',
  run: async ({ config }) => {
    const sections = config?.addons ?? []
    if (sections.length === 0) return { state: 'skipped', cause: 'The file has no add-ons.' }
    const retired = sections.flatMap(({ name, chart }) =>
      chart === undefined ? (builtinAddons[name]?.retired ?? []) : [],
    )
    if (retired.length === 0) return { state: 'ok', evidence: sections.map(({ name }) => name).join(', ') }
    return {
      state: 'warning',
      cause: retired.map(({ why }) => why).join(' '),
      fix: retired.map(({ instead }) => instead).join('\n'),
    }
  },
}
