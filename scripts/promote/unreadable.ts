import type { Place, Problem } from '../../core/problem.ts'
import { placeAt, type YamlText } from '../image-edit/yaml-text.ts'
import { showLeafPath } from './leaves.ts'
import type { Pin } from './pins.ts'

export const placeOfPin = (yaml: YamlText, { leaf }: Pin): Place => placeAt(yaml, leaf.offset)

/** Why a pin cannot be copied, as a problem at its place; undefined where it can. */
export const unreadable = (yaml: YamlText, pin: Pin): Problem | undefined => {
  const { leaf, text } = pin
  const name = showLeafPath(pin.path)
  if (text === undefined)
    return {
      severity: 'error',
      message: `\`${name}\` is the ${typeof leaf.value} ${String(leaf.value)}, and no text: \`${leaf.source}\` has no quotes.`,
      at: placeOfPin(yaml, pin),
      hint: `Write ${JSON.stringify(leaf.source)}`,
    }
  if (text.startsWith('ENC['))
    return {
      severity: 'error',
      message: `\`${name}\` is encrypted by SOPS: what it says cannot be read here.`,
      at: placeOfPin(yaml, pin),
      hint: 'A version is no secret: sops leaves it readable with `unencrypted_regex`.',
    }
  return undefined
}
