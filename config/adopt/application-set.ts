import { isDeepStrictEqual } from 'node:util'
import { messageOf } from '../../core/errors.ts'
import { fieldsAt, listAt, textAt, valueAt, type Fields } from '../../core/fields.ts'
import { readValue } from '../../core/go-yaml/read-value.ts'
import type { AdoptFinding } from '../adopted.ts'
import type { Refuse } from './generating.ts'
import type { OwnRepository } from './own-repository.ts'
import { fill, firstOpen, merged } from './set-template.ts'
import { kindOf, parametersOf } from './set-generators.ts'
import type { WrittenObject } from './written-object.ts'

/**
 * The Applications that an ApplicationSet makes, by the generators list, git (files and folders of this repository), clusters
 * where that is this one, matrix and merge. Undefined, and said, where it takes another.
 */
export const applicationsOfSet = (
  set: WrittenObject,
  repository: OwnRepository,
  found: (finding: AdoptFinding) => void,
): readonly WrittenObject[] | undefined => {
  const refuse: Refuse = (key, message) => {
    found({ severity: 'error', message: `ApplicationSet ${set.name}: ${message}`, at: set.at(key) })
    return undefined
  }
  const { value } = set
  const isGo = valueAt(value, 'spec', 'goTemplate') === true
  const all: (readonly [parameters: Fields, template: Fields])[] = []
  for (const [index, generator] of listAt(value, 'spec', 'generators').entries()) {
    const made = parametersOf(generator, ['spec', 'generators', index], { repository, refuse, isGo })
    if (made === undefined) return undefined
    // What a generator has of the template goes before that of the set.
    const own = fieldsAt(generator, kindOf(generator), 'template')
    const template = merged(fieldsAt(value, 'spec', 'template'), own)
    all.push(...made.map((parameters) => [parameters, template] as const))
  }
  if (all.length === 0)
    found({
      severity: 'warning',
      message: `ApplicationSet ${set.name}: its generators make no Application of what is here.`,
      at: set.at(['spec', 'generators']),
    })
  const written: WrittenObject[] = []
  for (const [parameters, template] of all) {
    const patch = fill(textAt(value, 'spec', 'templatePatch') ?? '', parameters, isGo)
    const filled = fill(template, parameters, isGo)
    const open = firstOpen(filled) ?? firstOpen(patch)
    if (open !== undefined)
      return refuse(
        ['spec', firstOpen(filled) === undefined ? 'templatePatch' : 'template'],
        `nothing of its generators fills in ${open}.`,
      )
    let object: Fields
    try {
      object = merged(fieldsAt(filled), fieldsAt(readValue(String(patch), 'go2')))
    } catch (error) {
      return refuse(['spec', 'templatePatch'], `its templatePatch is no YAML: ${messageOf(error)}`)
    }
    const metadata = {
      ...(textAt(value, 'metadata', 'namespace') === undefined
        ? {}
        : { namespace: textAt(value, 'metadata', 'namespace') }),
      ...fieldsAt(object, 'metadata'),
    }
    const name = textAt(metadata, 'name') ?? ''
    const twin = written.find((one) => one.name === name)
    if (twin && !isDeepStrictEqual(fieldsAt(twin.value, 'spec'), fieldsAt(object, 'spec')))
      return refuse(['spec', 'template', 'metadata', 'name'], `two of its Applications are called ${name}.`)
    if (twin) continue
    written.push({
      kind: 'Application',
      name,
      value: { apiVersion: textAt(value, 'apiVersion') ?? '', kind: 'Application', ...object, metadata },
      at: (path = []) => set.at(['spec', 'template', ...path]),
    })
  }
  return written
}
