import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeRun } from '../../../../core/run.ts'
import { makeReady } from '../../../../services/deploy/late-render.ts'
import { renderOut } from '../../../../manifests/render-out.ts'
import { collectSources, rendererOf } from '../../../../manifests/sources.ts'
import { planContextOf } from '../../../../manifests/source/plan-context.ts'
import { inFile, parseObjects } from '../../../../manifests/yaml/parse.ts'
import { parseOutlined } from '../../../../manifests/yaml/outlined.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { kubectl, temporary, toolsWith } from '../helm/helms.ts'
import { madeDeployable } from '../made-deployable.ts'

/** A definition whose schema has that many fields. */
const definition = (fields: number) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.io
spec:
  group: example.io
  scope: Namespaced
  names: { kind: Thing, plural: things }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
${Array.from({ length: fields }, (_, index) => `            field${index}: { type: string, default: "yes" }\n`).join('')}`
const config = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n'

it('leaves the schemas of long definitions out, and nothing of short ones', () => {
  const [long] = parseOutlined(definition(2000), { place: inFile('x') }).documents
  expect(JSON.stringify(long?.object)).toContain('"openAPIV3Schema":{}')
  expect(long?.text).toBe(definition(2000))
  const [short] = parseOutlined(definition(2), { place: inFile('x') }).documents
  expect(JSON.stringify(short?.object)).toContain('field1')
  expect(short?.text).toBeUndefined()
  const stream = `${definition(2000)}---\n${config}`
  expect(parseOutlined(stream, { place: inFile('x') }).documents[1]?.at).toEqual({ file: 'x', line: 2018 })
})

for (const kind of ['manifests', 'kustomize'] as const)
  it.skipIf(kind === 'kustomize' && kubectl === undefined)(
    `brings all of a definition to the cluster, and writes all of it out (${kind})`,
    async () => {
      await using at = await temporary()
      await mkdir(join(at.folder, 'k8s'))
      await writeFile(join(at.folder, 'k8s/all.yaml'), `${definition(2000)}---\n${config}`)
      if (kind === 'kustomize') await writeFile(join(at.folder, 'k8s/kustomization.yaml'), 'resources: [all.yaml]\n')
      const paths = [join(at.folder, 'k8s')]
      const source = kind === 'manifests' ? ({ kind, paths } as const) : ({ kind, folder: paths[0] ?? '' } as const)
      const deps = {
        config: madeConfig(),
        images: [],
        run: makeRun({ log: () => {} }),
        tools: toolsWith({}),
        env: { KINDUP_CACHE: join(at.folder, 'cache') },
      }
      const bring = async (patches: readonly { readonly patch: string; readonly target?: object }[] = []) => {
        const deployable = madeDeployable('service/web', { source, patches })
        const sources = await collectSources([deployable], deps)
        const known = sources.get('service/web')
        if (!known) throw new Error('it was not planned')
        expect(known.problems).toEqual([])
        const whole = planContextOf(deps, [deployable], [], () => undefined)
        const { rendered } = await makeReady(deployable, known, whole, rendererOf(deps), new AbortController().signal)
        const [file] = await renderOut({ deployables: [deployable], sources }, () => true)
        return { known, brought: rendered.objects.map(({ object }) => object), file: file?.text ?? '' }
      }
      const { known, brought, file } = await bring()
      expect(JSON.stringify(known.objects).length).toBeLessThan(300_000)
      const crd = brought.find(({ kind: one }) => one === 'CustomResourceDefinition')
      expect(JSON.stringify(crd)).toContain('"field1999":{"')
      expect(crd?.metadata.labels).toMatchObject({ 'kindup.dev/cluster': 'demo' })
      expect(parseObjects(file, { place: inFile('x') }).objects.map(({ object }) => object)).toEqual(
        expect.arrayContaining(brought),
      )
      if (kubectl === undefined) return
      const { brought: patched } = await bring([
        {
          patch:
            '[{op: replace, path: /spec/versions/0/schema/openAPIV3Schema/properties/field7, value: {type: boolean}}]',
          target: { kind: 'CustomResourceDefinition' },
        },
      ])
      expect(JSON.stringify(patched)).toContain('"field7":{"type":"boolean"}')
    },
  )
