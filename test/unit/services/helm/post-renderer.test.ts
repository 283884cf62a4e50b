import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { PatchConfig } from '../../../../config/config.ts'
import { withPostRenderer } from '../../../../services/helm/post-renderer.ts'
import { containersOf, podTemplateOf } from '../../../../manifests/transform/pod-templates.ts'
import type { Rules } from '../../../../manifests/transform/rules.ts'
import { transform } from '../../../../manifests/transform/transform.ts'
import { inFile, parseObjects } from '../../../../manifests/yaml/parse.ts'
import { fixtures, helmIn, helms, kubectl, temporary } from '../../manifests/helm/helms.ts'

const chart = join(fixtures, 'charts', 'app')
const rules: Rules = {
  cluster: 'demo',
  step: 'service/web@dev',
  images: [{ key: 'web', name: 'team/web', ref: 'localhost/web:2', inputs: 'f00d' }],
  placement: { nodeSelector: { tier: 'backend' }, tolerations: [] },
  skip: ['Service'],
}
const objectsIn = (text: string) =>
  parseObjects(text, { reader: 'helm', place: inFile('x') }).objects.map(({ object }) => object)
const byKind = (text: string) => objectsIn(text).toSorted((a, b) => a.kind.localeCompare(b.kind))

for (const helm of helms)
  describe.skipIf(helm.path === '')(`the post-renderer of helm ${helm.major}`, () => {
    const rendered = async (patches: readonly PatchConfig[], args: readonly string[] = [], skip = rules.skip) => {
      await using cache = await temporary()
      const own = helmIn(cache.folder, helm)
      const base = ['template', 'web', chart, '--kube-version', '1.36.4', ...args]
      const plain = await own.run(base)
      const after = await withPostRenderer(
        { rules: { ...rules, skip }, patches, kubectl: kubectl ?? '' },
        own,
        ({ args: flags, env }) => own.run([...base, ...flags], { env }),
      )
      return { plain: plain.stdout, after: after.stdout }
    }

    it('makes of what helm rendered what the plan made of it', async () => {
      const { plain, after } = await rendered([])
      const expected = transform(objectsIn(plain), rules).toSorted((a, b) => a.kind.localeCompare(b.kind))
      expect(byKind(after)).toEqual(expected)
      expect(expected).toHaveLength(3)
    })

    it.skipIf(kubectl === undefined)('patches before that, with what kustomize makes of a list', async () => {
      const patch =
        'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { template: { spec: { containers: [{ name: side, image: team/web }] } } }\n'
      const { after } = await rendered([{ patch }])
      const deployment = byKind(after).find(({ kind }) => kind === 'Deployment')
      const containers = containersOf(deployment && podTemplateOf(deployment))
      expect(Object.fromEntries(containers.map(({ name, image }) => [name, image]))).toEqual({
        side: 'localhost/web:2',
        web: 'localhost/web:2',
      })
    })

    it.skipIf(kubectl === undefined)('stops helm with the reason when a patch fits nothing', async () => {
      const patch = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: other }\n'
      await expect(rendered([{ patch }])).rejects.toThrow(/patches cannot be applied: .*other/s)
    })

    it('goes on where nothing is left of what helm rendered', async () => {
      const { after } = await rendered([], [], ['*'])
      expect(objectsIn(after)).toEqual([])
    })

    it('takes the last value of a key that stands twice, as helm does', async () => {
      const { after } = await rendered([], ['--set', 'break=twice'])
      expect(objectsIn(after).find(({ metadata }) => metadata.name === 'twice')).toMatchObject({
        data: { mode: 'two' },
      })
    })
  })
