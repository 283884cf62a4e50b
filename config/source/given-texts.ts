import { isCode } from '../code/is-code.ts'
import { secretValues, tellsOfSecret } from '../../core/mask/secret-values.ts'
import type { Env } from '../interpolate.ts'
import { pathOfKey } from '../path.ts'
import type { Spot } from './tree.ts'

/** Maps that reach into what is deployed, under keys that are the user's own. */
const handedOn = new Set(['set', 'vars', 'env', 'literals'])

/**
 * What is in the configuration, may reach what is deployed, and stands in none of its files: the values of the variables
 * that it names, and those that `--set` puts under keys of the user's own or under one that tells of a secret. Short ones
 * and numbers are words that are met anywhere.
 */
export const givenTexts = (spots: ReadonlyMap<string, Spot>, files: readonly string[], env: Env): readonly string[] => {
  // A program has the environment at hand, and writes no ${VAR}.
  const secret = files.some(isCode) ? secretValues(env) : []
  const found = [...spots].flatMap(([key, { value, written = '' }]) => {
    const path = pathOfKey(key).map(String)
    const isSet = !files.includes(value.file)
    return [
      ...[...written.matchAll(/\$\{(\w+)/g)].flatMap(([, name = '']) => env[name] ?? []),
      ...secret.filter((one) => written.includes(one)),
      ...(isSet && (path.some((part) => handedOn.has(part)) || tellsOfSecret(path.at(-1) ?? '')) ? [written] : []),
    ]
  })
  return [...new Set(found)].filter((text) => text.length >= 6 && !/^\d{1,8}$/.test(text))
}
