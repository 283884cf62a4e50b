import { execFileSync } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRun } from '../../../../core/run.ts'
import { askedApis, toldApis } from '../../../../manifests/source/asked-apis.ts'
import { isNotServed, servedBy } from '../../../../manifests/kinds/served.ts'
import { collectSources } from '../../../../manifests/sources.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { madeDeployable } from '../made-deployable.ts'
import { helms, temporary, toolsWith } from '../helm/helms.ts'

const written = async (folder: string, files: Readonly<Record<string, string>>): Promise<void> => {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
}
const meta = (name: string) => `apiVersion: v2\nname: ${name}\nversion: 1.0.0\n`
const map = (name: string) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`
/** A ConfigMap that is there where the API is. */
const ifHas = (api: string, name = api.replaceAll('/', '.').toLowerCase()) =>
  `{{- if .Capabilities.APIVersions.Has "${api}" }}\n${map(name)}{{- end }}\n`
const definition = (group: string, kind: string) =>
  `---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: ${kind.toLowerCase()}s.${group} }\nspec: { group: ${group}, scope: Namespaced, names: { kind: ${kind}, plural: ${kind.toLowerCase()}s }, versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }] }\n`

describe('what Kubernetes serves by itself', () => {
  it('is that of the minor', () => {
    const in36 = servedBy('1.36.4')
    expect(in36).toEqual(expect.arrayContaining(['v1', 'v1/Pod', 'apps/v1/Deployment', 'apiregistration.k8s.io/v1']))
    expect(in36).toContain('networking.k8s.io/v1/ServiceCIDR')
    expect(servedBy('1.32.2')).not.toContain('networking.k8s.io/v1/ServiceCIDR')
    expect(servedBy('1.33.1')).not.toContain('resource.k8s.io/v1')
    expect(servedBy('1.31.2')).toContain('flowcontrol.apiserver.k8s.io/v1beta3')
    expect(in36.filter((api) => /alpha|beta/.test(api))).toEqual([])
    // Of what nobody knows yet, the newest that is known.
    expect(servedBy('1.99.0')).toEqual(servedBy('1.37.0'))
  })

  it('tells what is gone, and nothing of what others bring', () => {
    expect(
      ['policy/v1beta1', 'extensions/v1beta1', 'resource.k8s.io/v1beta1'].map((one) => isNotServed(one, '1.36.4')),
    ).toEqual([true, true, true])
    expect(['policy/v1', 'monitoring.coreos.com/v1', 'v1'].map((one) => isNotServed(one, '1.36.4'))).toEqual([
      false,
      false,
      false,
    ])
  })
})

describe('what a chart asks', () => {
  it.each([
    ['{{ .Capabilities.APIVersions.Has "a.io/v1" }}', ['a.io/v1'], false],
    ['{{ $.Capabilities.APIVersions.Has `a.io/v1/B` }}', ['a.io/v1/B'], false],
    ['{{ if has "a.io/v1" .Capabilities.APIVersions }}', ['a.io/v1'], false],
    ['{{ .Capabilities.APIVersions.Has .Values.api }}', [], true],
    ['{{ range .Capabilities.APIVersions }}', [], true],
  ])('%s', async (text, names, any) => {
    await using at = await temporary()
    await written(at.folder, { 'templates/a.yaml': text })
    const asked = await askedApis({ path: at.folder, kind: 'folder' })
    expect(asked).toEqual({ names: new Set(names), any })
  })

  it('is told as far as it is asked, so that other kinds of the plan change nothing', () => {
    const kinds = [{ group: 'a.io', kind: 'A', plural: 'as', versions: ['v1'], scope: 'namespaced' } as const]
    const tell = (names: readonly string[], any = false) => toldApis({ names: new Set(names), any }, '1.36.4', kinds)
    expect(tell(['a.io/v1/A', 'apps/v1/Deployment', 'b.io/v1'])).toEqual(['apps/v1/Deployment', 'a.io/v1/A'])
    expect(tell([])).toEqual([])
    expect(tell([], true)).toEqual([...servedBy('1.36.4'), 'a.io/v1', 'a.io/v1/A'])
  })
})

for (const helm of helms)
  describe.skipIf(helm.path === '')(`a chart that asks, rendered with helm ${helm.major}`, () => {
    const collect = async (folder: string, charts: readonly string[]) => {
      const deployables = charts.map((name) => {
        const chart = { chart: join(folder, name) }
        return madeDeployable(`service/${name.replace('.tgz', '')}`, {
          source: { kind: 'helm', chart, release: name.replace('.tgz', ''), values: [] },
        })
      })
      const config = madeConfig({ folder })
      const sources = await collectSources(deployables, {
        config,
        images: [],
        run: makeRun({ log: () => {} }),
        tools: toolsWith({ helm }),
        env: { KINDUP_CACHE: join(folder, 'cache') },
      })
      return (id: string) => {
        const found = sources.get(`service/${id}`)
        return {
          names: found?.objects?.map(({ object }) => object.metadata.name).toSorted(),
          problems: found?.problems,
          objects: found?.objects,
        }
      }
    }
    const asking = {
      'app/Chart.yaml': meta('app'),
      'app/templates/a.yaml': [
        'apiregistration.k8s.io/v1',
        'apps/v1/Deployment',
        'policy/v1beta1',
        'batch/v1beta1',
        'policy/v1',
      ]
        .map((api) => ifHas(api))
        .join(''),
    }

    it('sees what the cluster will serve, its own place in the template, and nothing that is gone', async () => {
      await using at = await temporary()
      await written(at.folder, asking)
      const app = (await collect(at.folder, ['app']))('app')
      expect(app.problems).toEqual([])
      expect(app.names).toEqual(['apiregistration.k8s.io.v1', 'apps.v1.deployment', 'policy.v1'])
      expect(app.objects?.map(({ at: place }) => place)).toEqual(
        [3, 9, 27].map((line) => ({ file: join(at.folder, 'app/templates/a.yaml'), line })),
      )
    })

    it('sees the same packed, and in a chart that it holds', async () => {
      await using at = await temporary()
      await written(at.folder, { ...asking, 'outer/Chart.yaml': meta('outer') })
      execFileSync('tar', ['-czf', join(at.folder, 'app.tgz'), '-C', at.folder, 'app'])
      await mkdir(join(at.folder, 'outer/charts'))
      execFileSync('cp', [join(at.folder, 'app.tgz'), join(at.folder, 'outer/charts/app-1.0.0.tgz')])
      const read = await collect(at.folder, ['app.tgz', 'outer'])
      const names = ['apiregistration.k8s.io.v1', 'apps.v1.deployment', 'policy.v1']
      expect([read('app').names, read('outer').names]).toEqual([names, names])
    })

    it('sees the definitions that others bring, in however many steps, and its own crds/, but not its own templates', async () => {
      await using at = await temporary()
      await written(at.folder, {
        'a/Chart.yaml': meta('a'),
        'a/templates/a.yaml':
          ifHas('b.io/v1/B') + ifHas('own.io/v1/Own') + ifHas('late.io/v1') + definition('late.io', 'Late'),
        'a/crds/own.yaml': definition('own.io', 'Own'),
        'b/Chart.yaml': meta('b'),
        'b/templates/b.yaml': `{{- if .Capabilities.APIVersions.Has "c.io/v1" }}\n${definition('b.io', 'B')}{{- end }}\n`,
        'c/Chart.yaml': meta('c'),
        'c/crds/c.yaml': definition('c.io', 'C'),
      })
      const read = await collect(at.folder, ['a', 'b', 'c'])
      expect(read('a').names).toEqual(['b.io.v1.b', 'lates.late.io', 'own.io.v1.own', 'owns.own.io'])
      expect(read('b').names).toEqual(['bs.b.io'])
    })
  })
