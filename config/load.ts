import { dirname } from 'node:path'
import { saidOnce, type Problem } from '../core/problem.ts'
import { nearest } from '../core/suggest.ts'
import { checkConfig } from './check/check-config.ts'
import type { Names } from './check/known.ts'
import { problemsOfUnused } from './check/unused-profiles.ts'
import { problemsOfWords } from './check/words-of-go.ts'
import { composed, type Written } from './composed.ts'
import type { Config } from './config.ts'
import { type Path, pathOfKey } from './path.ts'
import { makeFindings } from './findings.ts'
import { normaliseFile } from './normalise/file.ts'
import { overrideImages } from './normalise/images.ts'
import { makeSourceMap } from './source-map.ts'
import { checkShape } from './shape/check-shape.ts'
import { byPlace, wrongConfig } from './wrong-config.ts'
import { isCode } from './code/is-code.ts'
import { secretValues, tellsOfSecret } from '../core/mask/secret-values.ts'
import type { Env } from './interpolate.ts'
import type { Spot } from './source/tree.ts'

export type LoadOptions = Written & {
  /** `--image NAME=ref`; NAME is a key of `images` or a service with an image. */
  readonly images?: readonly string[]
}

/** Reads, checks and normalises a configuration. Throws one ConfigError that holds every problem, in the order of the file. */
export const loadConfig = async (options: LoadOptions): Promise<{ config: Config; warnings: readonly Problem[] }> => {
  const { file, tree, files, profiles, ...layers } = await composed(options)
  const problems: Problem[] = [...layers.problems]
  if (tree === undefined) throw wrongConfig(files, problems)

  const tooLarge = tree.unknown.filter(({ path }) => path.length === 0)
  if (tooLarge.length > 0) throw wrongConfig(files, [...problems, ...tooLarge.map(({ problem }) => problem)])
  problems.push(...problemsOfUnused(file, tree, profiles, options.profiles ?? []))
  problems.push(...tree.unknown.map(({ problem }) => problem), ...problemsOfWords(tree))

  const names = namesOf(tree.root)
  const sourceMap = makeSourceMap(tree.spots, file)
  const shape = checkShape(
    tree.root,
    sourceMap,
    tree.unknown.map(({ path }) => path),
  )
  problems.push(...shape.problems)
  if (shape.file === undefined) throw wrongConfig(files, problems)

  const findings = makeFindings(problems, shape.broken, (path, key) =>
    key ? sourceMap.key(path) : sourceMap.value(path),
  )
  const scope = { folder: dirname(file), env: options.env, findings, sourceMap }
  const normal = await normaliseFile(shape.file, file, scope)
  const images = overrideImages(normal.images, options.images ?? [], (flag, message, example) => {
    const near = nearest(flag.split('=')[0] ?? '', names.images)
    const hint =
      example ??
      (near === undefined
        ? `For example: --image ${names.images[0] ?? 'web'}=example/web:1.2.3${names.images.length > 0 ? `. There is ${names.images.join(', ')}.` : ''}`
        : `Did you mean ${near}?`)
    problems.push({ severity: 'error', message: `--image ${flag}: ${message}.`, hint, at: { file: `--image ${flag}` } })
  })
  const given = () => givenTexts(tree.spots, files, options.env)
  const config: Config = {
    ...normal,
    files: [...new Set([...files, ...(normal.files ?? [])])],
    given,
    images,
    at: (path) => sourceMap.key(asWritten(path, normal.services)),
  }
  const known = { ...names, services: [...new Set([...names.services, ...normal.services.map(({ name }) => name)])] }
  await checkConfig(shape.file, { ...scope, config, names: known })

  if (problems.some(({ severity }) => severity === 'error')) throw wrongConfig(files, problems)
  return { config, warnings: saidOnce(problems.toSorted(byPlace(files))) }
}

/** A service that an Application made stands where its origin does. */
const asWritten = ([section, name, ...rest]: Path, services: Config['services']): Path => {
  const origin = section === 'services' ? services.find((service) => service.name === name)?.origin : undefined
  return origin === undefined
    ? [section, name, ...rest].filter((part) => part !== undefined)
    : ['services', origin, ...rest]
}

const entries = (value: unknown): [string, unknown][] =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? Object.entries(value) : []

const namesOf = (root: Record<string, unknown>): Names => {
  const keys = (section: string): string[] => entries(root[section]).map(([key]) => key)
  const withImage = entries(root['services']).filter(([, service]) => entries(service).some(([key]) => key === 'image'))
  return {
    services: keys('services'),
    environments: keys('environments'),
    images: [...keys('images'), ...withImage.map(([key]) => key)],
    addons: entries(root['addons'])
      .filter(([, addon]) => addon !== false)
      .map(([key]) => key),
    secrets: keys('secrets'),
  }
}

/** Maps that reach into what is deployed, under keys that are the user's own. */
const handedOn = new Set(['set', 'vars', 'env', 'literals'])

/**
 * What is in the configuration, may reach what is deployed, and stands in none of its files: the values of the variables
 * that it names, and those that `--set` puts under keys of the user's own or under one that tells of a secret. Short ones
 * and numbers are words that are met anywhere.
 */
const givenTexts = (spots: ReadonlyMap<string, Spot>, files: readonly string[], env: Env): readonly string[] => {
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
