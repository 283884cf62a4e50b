import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readLayers } from '../../../../scripts/init/compose/layers.ts'
import { notesOnOtherTools } from '../../../../scripts/init/other-tools.ts'
import { unreadable } from '../../../../scripts/init/unreadable.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const written = async (files: Readonly<Record<string, string>>) => {
  const folder = await ownFolder()
  return Promise.all(
    Object.entries(files).map(async ([path, text]) => {
      const full = join(folder, path)
      await writeFile(full, text)
      return { path, full }
    }),
  )
}
const broken = 'services:\n  web: [\n   image: x\n'
/** Compose lets each of its services take the same in. */
const aliases = `x-a: &a { restart: always }\nx-b: &b { <<: *a, image: busybox }\nservices:\n${Array.from({ length: 300 }, (_, at) => `  s${at}: { <<: *b }\n`).join('')}`
/** Ten levels of ten: a few lines that would become gigabytes. */
const bomb = `a0: &a0 [x]\n${Array.from({ length: 9 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(10)}]\n`).join('')}services: { web: { image: x, command: *a9 } }\n`

it('names files of known names that are no YAML, with the line', async () => {
  const files = await written({
    'compose.yaml': broken,
    'skaffold.yaml': broken,
    'other.yaml': broken,
    'helmfile.yaml': 'releases:\n{{ range $x := .Values.all }}\n - [\n{{ end }}\n',
    'kind.yaml': 'kind: Cluster\n',
  })
  const found = unreadable(files)
  expect(found.map(({ path }) => path)).toEqual(['compose.yaml', 'skaffold.yaml'])
  expect(found[0]?.why).toMatch(/^line 4: /)
})

it('reads compose files with as many aliases as people write, and none that grows without end', async () => {
  const [many, endless] = await written({ 'compose.yaml': aliases, 'docker-compose.yml': bomb })
  if (!many || !endless) throw new Error('nothing was written')
  expect(unreadable([many])).toEqual([])
  const folder = join(many.full, '..')
  const { services } = readLayers(folder, 'compose.yaml')?.data ?? {}
  expect(services).toMatchObject({ s299: { image: 'busybox', restart: 'always' } })
  expect(readLayers(folder, 'docker-compose.yml')).toBeUndefined()
  expect(unreadable([endless])[0]?.why).toMatch(/alias/)
})

it('says what files of tools are for that it does not take over', () => {
  const files = ['okteto.yml', 'a/web.garden.yml', 'b/garden.yaml', 'cdk8s.yaml', 'mygarden.yml.bak'].map((path) => ({
    path,
    full: `/x/${path}`,
  }))
  expect(notesOnOtherTools(files)).toEqual([
    './a/web.garden.yml and ./b/garden.yaml are for Garden, and not taken over: services that it deploys are named here by their charts, kustomizations and manifests.',
    './okteto.yml is for Okteto, and not taken over: services that it deploys are named here by their charts, kustomizations and manifests.',
    './cdk8s.yaml is for cdk8s, and not taken over: what it makes can be deployed once it is in files: cdk8s synth --output k8s.',
  ])
})
