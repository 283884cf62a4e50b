import { isDeepStrictEqual } from 'node:util'
import { applyEdits } from '../../core/yaml-edit/edits.ts'
import { ConfigError, messageOf } from '../../core/errors.ts'
import type { Difference } from './difference.ts'
import { isKustomization, kustomizationDifferences } from './kustomization.ts'
import type { Said } from '../../core/yaml-edit/scalar.ts'
import { valuesDifferences } from './values.ts'
import { wrong, type Wanted } from './wanted.ts'
import { parseYamlText, valueOf, type YamlText } from './yaml-text.ts'

/** What was set: `from` is null where there was nothing. */
export type Change = { readonly name: string; readonly from: Said; readonly to: string }

/** What a kustomization or a values file says otherwise than wanted. Throws ConfigError for broken YAML and paths that are not there. */
export const imageDrift = (text: string, file: string, wanted: readonly Wanted[]): readonly Difference[] => {
  const yaml = parseYamlText(text, file)
  return wanted.flatMap((one) => differencesOf(yaml, one))
}

/**
 * The text with every image as wanted, spliced: all bytes that nobody asked to change stay. Throws as imageDrift does,
 * and where a splice would change more than it should; then nothing is to be written.
 */
export const setImages = (
  text: string,
  file: string,
  wanted: readonly Wanted[],
): { readonly text: string; readonly changes: readonly Change[] } => {
  let edited = text
  const changes: Change[] = []
  for (const one of wanted) {
    const yaml = parseYamlText(edited, file)
    const differences = differencesOf(yaml, one)
    if (differences.length === 0) continue
    edited = applyEdits(
      edited,
      differences.flatMap(({ fix }) => fix()),
    )
    checkSplice(yaml, edited)
    changes.push(...differences.map(({ name, found, wanted: to }) => ({ name, from: found, to })))
  }
  const [left] = imageDrift(edited, file, wanted)
  if (left) throw wrong(`\`${left.name}\` cannot be ${left.wanted} and what else is wanted of it at once.`)
  return { text: edited, changes }
}

const differencesOf = (yaml: YamlText, wanted: Wanted): readonly Difference[] =>
  isKustomization(yaml) ? kustomizationDifferences(yaml, wanted) : valuesDifferences(yaml, wanted)

/** The spliced text must read as the parsed documents do after the same change. */
const checkSplice = (yaml: YamlText, edited: string): void => {
  try {
    const values = parseYamlText(edited, yaml.file).documents.map(valueOf)
    const expected = yaml.documents.map(valueOf)
    // What was empty gets its first document.
    if (expected.every((value) => value === null) && values.length === 1) return
    if (isDeepStrictEqual(values, expected)) return
  } catch (cause) {
    throw unusual(yaml.file, messageOf(cause), cause)
  }
  throw unusual(yaml.file, 'more would change than was asked')
}

const unusual = (file: string, why: string, cause?: unknown): ConfigError =>
  new ConfigError(`${file} is written in a way that this edit cannot keep: ${why}`.replace(/\.?$/, '.'), {
    code: 'image-file',
    hints: ['Nothing was changed. Write that entry as `key: value` lines, or change it by hand.'],
    cause,
  })
