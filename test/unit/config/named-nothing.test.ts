import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import { loadConfig } from '../../../config/load.ts'
import { ownFolder } from '../../support/own-folder.ts'

let folder: string
beforeEach(async () => {
  folder = await ownFolder()
  await mkdir(join(folder, 'bin'))
  await mkdir(join(folder, 'chart'))
  await writeFile(join(folder, 'bin', 'tool'), '')
  await writeFile(join(folder, 'a.yaml'), '')
  await writeFile(join(folder, 'chart', 'Chart.yaml'), 'apiVersion: v2\nname: c\nversion: "1.2.3" # ours\n')
})

const said = async (text: string): Promise<readonly string[]> => {
  await writeFile(join(folder, 'kindup.yaml'), `name: demo\n${text}`)
  const { warnings } = await loadConfig({ cwd: folder, env: { PATH: join(folder, 'bin') } })
  return warnings.map(({ message, hint, at }) => `${at?.line} ${message} ${hint ?? ''}`.trim())
}
const hook = (run: string, more = '') =>
  `services:\n  web:\n    deploy: { manifests: [./a.yaml] }\n    hooks:\n      after:\n        - { name: x, run: [${run}]${more} }\n`

it('names programs of hooks that are not there', async () => {
  expect(await said(hook('tool'))).toEqual([])
  expect(await said(hook('./bin/tool'))).toEqual([])
  expect(await said(hook('./tool', ', in: ./bin'))).toEqual([])
  expect(await said(hook('"{image}"'))).toEqual([])
  expect(await said(hook('tool', ', env: { PATH: /nowhere }'))).toHaveLength(1)
  expect(await said(hook('tol'))).toEqual([
    '7 services.web.hooks.after[0].run: no program tol is on the PATH, and the hook runs it.',
  ])
  expect(await said(hook('./tool'))).toEqual([
    "7 services.web.hooks.after[0].run: there is no file ./tool, and the hook runs it. Paths start at the folder that `in` names, the file's own if left out.",
  ])
})

it('names another version of a chart that lies here', async () => {
  expect(await said('addons: { own: { chart: ./chart, version: "1.2.3" } }')).toEqual([])
  expect(await said('addons: { own: { chart: ./chart, version: "2.0.0" } }')).toEqual([
    '2 addons.own.version is 2.0.0, and the chart in ./chart is 1.2.3: a chart that is a path is taken as it is. Take version away, or name the repository that has it: repo.',
  ])
})

it('names an add-on that is turned off and was misspelt', async () => {
  expect(await said('addons: { ingress-ngnix: false }')).toEqual([
    '2 addons.ingress-ngnix turns off an add-on that there is not. Did you mean ingress-nginx?',
  ])
  expect(await said('addons: { monitoring: false, argocd: false }')).toEqual([])
})
