import type { Env } from '../interpolate.ts'
import type { Spot } from './tree.ts'

/**
 * What is in the configuration and stands in none of its files: the values of the variables that it names, and those of
 * `--set`. Short ones and numbers are words that are met anywhere.
 */
export const givenTexts = (spots: ReadonlyMap<string, Spot>, files: readonly string[], env: Env): readonly string[] => {
  const found = [...spots.values()].flatMap(({ value, written = '' }) => [
    ...[...written.matchAll(/\$\{(\w+)/g)].flatMap(([, name = '']) => env[name] ?? []),
    ...(files.includes(value.file) ? [] : [written]),
  ])
  return [...new Set(found)].filter((text) => text.length >= 6 && !/^\d{1,8}$/.test(text))
}
