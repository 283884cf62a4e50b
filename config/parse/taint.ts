import { nearest } from '../../core/suggest.ts'
import type { Taint } from '../config.ts'
import { labelKeyTrouble, labelValueTrouble } from './label.ts'

const effects = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] as const

/** Parses `key=value:Effect` or `key:Effect`. A text is the reason why it cannot be. */
export const parseTaint = (text: string): Taint | string => {
  const [, key, value = '', written] = /^([^=:]+)(?:=([^:]*))?:([^:]+)$/.exec(text) ?? []
  if (key === undefined || written === undefined)
    return 'it must be key=value:Effect or key:Effect, such as "dedicated=infra:NoSchedule"'
  const effect = effects.find((known) => known === written)
  if (effect === undefined) {
    const near = nearest(written, effects)
    return `the effect ${JSON.stringify(written)} is none of ${effects.join(', ')}${near === undefined ? '' : `; did you mean ${near}?`}`
  }
  const trouble = labelKeyTrouble(key) ?? labelValueTrouble(value)
  return trouble ?? { key, value, effect }
}
