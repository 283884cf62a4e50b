import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { loadConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../core/errors.ts'
import { ownFolder } from '../../support/own-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await ownFolder()
})

const said = async (text: string): Promise<readonly string[]> => {
  await writeFile(join(folder, 'kindup.yaml'), text)
  const problems = await loadConfig({ cwd: folder, env: {} }).then(
    ({ warnings }) => warnings,
    (error: unknown) => {
      if (error instanceof ConfigError) return error.problems
      throw error
    },
  )
  return problems.map(({ severity, message, at, hint }) => `${severity} ${at?.line}:${at?.column} ${message} ${hint}`)
}

const withSet = (set: string): string =>
  `name: a\naddons:\n  x:\n    chart: oci://example.org/x\n    version: "1.0.0"\n    set: ${set}\n`

it('warns of each word of set that helm would read otherwise, at its place', async () => {
  expect(await said(withSet('{ a: no, b: 0644, c: 1_000, d: Yes }'))).toEqual([
    'warning 6:15 addons.x.set.a: no is the text "no" here, and false where helm reads YAML. Write false, or put it in quotes, if the text is meant: "no"',
    'warning 6:22 addons.x.set.b: 0644 is the number 644 here, and 420 where helm reads YAML. Write 420, or put it in quotes, if the text is meant: "0644"',
    'warning 6:31 addons.x.set.c: 1_000 is the text "1_000" here, and 1000 where helm reads YAML. Write 1000, or put it in quotes, if the text is meant: "1_000"',
    'warning 6:41 addons.x.set.d: Yes is the text "Yes" here, and true where helm reads YAML. Write true, or put it in quotes, if the text is meant: "Yes"',
  ])
})

it('refuses a number with more digits than are kept', async () => {
  expect(await said(withSet('{ a: 9007199254740993 }'))).toEqual([
    'error 6:15 addons.x.set.a: 9007199254740993 has more digits than a number keeps here, and would be 9007199254740992. Quote it: "9007199254740993"',
  ])
})

it('has nothing to say of what is the same everywhere, of what is quoted, and of what stays here', async () => {
  expect(
    await said(withSet('{ a: "no", b: 644, c: 1.5, d: true, e: null, f: 0x1F, g: 80:80, h: 1.10, i: north }')),
  ).toEqual([])
  expect(await said('name: on\nenvironments:\n  dev: { vars: { a: yes } }\n')).toEqual([])
})

it('minds what kind and kustomize make of them, which is not the same', async () => {
  expect(
    await said('name: a\ncluster:\n  kind: { networking: { disableDefaultCNI: on } }\n').then((all) => all[0]),
  ).toMatch(/3:44 cluster\.kind\.networking\.disableDefaultCNI: on is the text "on" here, and true where kind/)
  await writeFile(join(folder, 'pod.yaml'), 'kind: Pod\n')
  const patched = (value: string): string =>
    `name: a\nservices:\n  web:\n    deploy:\n      manifests: [./pod.yaml]\n      patches: [{ target: { kind: Pod }, patch: { spec: { a: ${value} } } }]\n`
  expect(await said(patched('yes'))).toEqual([])
  expect(await said(patched('0644'))).toHaveLength(1)
})
