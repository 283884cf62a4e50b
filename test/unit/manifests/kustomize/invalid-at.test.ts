import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { inFile, parseObjects } from '../../../../manifests/yaml/parse.ts'
import { invalidAt } from '../../../../manifests/kustomize/invalid-at.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const cannot = (kind: string, field: string): string =>
  `invalid Kustomization: json: cannot unmarshal ${kind} into Go struct field ${field} of type string`

it.for([
  ['resources: []\nfoo: bar\n', 'invalid Kustomization: json: unknown field "foo"', '2:1', undefined],
  ['{ resources: [], foo: bar }\n', 'invalid Kustomization: json: unknown field "foo"', '1:18', undefined],
  ['images:\n- name: "1"\n  newTag: 1.10\n', cannot('number', 'Image.images.newTag'), '3:11', 'Quote it: "1.10"'],
  ['images: [{name: web, newTag: 2}]\n', cannot('number', 'Image.images.newTag'), '1:30', 'Quote it: "2"'],
  ['commonLabels:\n  b: "yes"\n  a: yes\n', cannot('bool', 'Kustomization.commonLabels'), '3:6', 'Quote it: "yes"'],
  [
    '%YAML 1.2\n---\nresources: []\n',
    'invalid Kustomization: yaml: found incompatible YAML document',
    '1:1',
    'Take the line away: kustomize reads YAML 1.1.',
  ],
] as const)('finds in %j where it is that %s', async ([text, said, at, hint]) => {
  const folder = await ownFolder()
  writeFileSync(join(folder, 'kustomization.yaml'), text)
  const found = invalidAt(said, folder)
  expect([`${found?.at.line}:${found?.at.column}`, found?.hint]).toEqual([at, hint])
})

it('finds it in a base, and says nothing of what it does not know', async () => {
  const folder = await ownFolder()
  mkdirSync(join(folder, 'base'))
  writeFileSync(join(folder, 'kustomization.yaml'), 'resources: [base]\n')
  writeFileSync(join(folder, 'base/kustomization.yaml'), 'foo: 1\n')
  expect(invalidAt('accumulating resources: invalid Kustomization: json: unknown field "foo"', folder)?.at).toEqual({
    file: join(folder, 'base/kustomization.yaml'),
    line: 1,
    column: 1,
  })
  expect(invalidAt('no such file', folder)).toBe(undefined)
})

it('says of a directive what kubectl makes of it, and lets kustomize have a document on the line of its separator', () => {
  const object = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n'
  const parsed = (text: string, reader: 'kubectl' | 'kustomize') =>
    parseObjects(text, { reader, place: inFile('a.yaml') })
  for (const line of ['%YAML 1.1', '%YAML 1.2', '%TAG !e! tag:example.org,2026:'])
    expect(parsed(`${line}\n---\n${object}`, 'kubectl').problems[0]?.hint).toMatch(/^Take the line that begins with %/)
  const inline = '--- { apiVersion: v1, kind: ConfigMap, metadata: { name: a } }\n'
  expect(parsed(inline, 'kustomize')).toMatchObject({ problems: [], objects: [{ object: { kind: 'ConfigMap' } }] })
  expect(parsed(inline, 'kubectl').problems).toHaveLength(1)
})
