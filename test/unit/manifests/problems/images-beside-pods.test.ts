import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ResolvedImage } from '../../../../cluster/images/images.ts'
import type { ImagePathConfig } from '../../../../config/config.ts'
import { makeRun } from '../../../../core/run.ts'
import { collectSources } from '../../../../manifests/sources.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { temporary, toolsWith } from '../helm/helms.ts'
import { madeDeployable } from '../made-deployable.ts'

const built = (key: string, name = key, more: Partial<ResolvedImage> = {}): ResolvedImage => ({
  key,
  name,
  ref: `${name}:abc`,
  repository: name,
  tag: 'abc',
  inputs: 'f00d',
  build: { context: `/${key}`, file: `/${key}/Dockerfile`, args: {} },
  at: { file: 'kindup.yaml', line: 3 },
  ...more,
})

const definition = (kind: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${kind.toLowerCase()}s.example.io }
spec:
  group: example.io
  names: { kind: ${kind}, plural: ${kind.toLowerCase()}s }
  scope: Namespaced
  versions: [{ name: v1, served: true, storage: true, schema: { openAPIV3Schema: { type: object } } }]
---
`

type Asked = { readonly images: readonly ResolvedImage[]; readonly imagePaths?: readonly ImagePathConfig[] }

/** What one service of one file becomes. */
const collected = async (text: string, { images, imagePaths = [] }: Asked) => {
  await using made = await temporary()
  const file = join(made.folder, 'web.yaml')
  await mkdir(made.folder, { recursive: true })
  await writeFile(file, text)
  const sources = await collectSources(
    [madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })],
    {
      config: madeConfig({ imagePaths }),
      images,
      run: makeRun({ log: () => {} }),
      tools: toolsWith({}),
      env: { KINDUP_CACHE: made.folder },
    },
  )
  const source = sources.get('service/web')
  const problems = (source?.problems ?? []).map(({ message, hint, at, step }) => ({
    said: `${message} ${hint ?? ''}`,
    line: at?.line,
    step,
  }))
  return { source, problems, object: source?.objects?.at(-1)?.object }
}

const connect = (spec: string) =>
  `${definition('Connect')}apiVersion: example.io/v1\nkind: Connect\nmetadata: { name: mine }\nspec:\n${spec}`

describe('an image that only a custom resource names', () => {
  it('is replaced under a key `image`, needed, and goes into the nodes', async () => {
    const { source, problems, object } = await collected(
      connect(
        '  image: kafkaconnect\n  imagePullPolicy: Always\n  sidecars: [{ image: "kafkaconnect:1" }, { image: other }]\n',
      ),
      { images: [built('kafkaconnect')] },
    )
    expect(object?.['spec']).toEqual({
      image: 'kafkaconnect:abc',
      imagePullPolicy: 'IfNotPresent',
      sidecars: [{ image: 'kafkaconnect:abc' }, { image: 'other' }],
    })
    expect(source).toMatchObject({ needs: ['image/kafkaconnect'], images: ['kafkaconnect:abc'] })
    expect(problems).toEqual([])
  })

  it('is replaced where imagePaths says, in lists and as a map too', async () => {
    const { problems, object } = await collected(
      connect('  runs: [{ ref: example/web }, { ref: busybox }]\n  app: { repository: example/web, tag: v1 }\n'),
      {
        images: [built('web', 'example/web')],
        imagePaths: [
          { kind: 'Connect', path: ['spec', 'runs', '[]', 'ref'] },
          { kind: 'Connect.example.io', path: ['spec', 'app'] },
          { kind: 'Other', path: ['spec'] },
        ],
      },
    )
    expect(object?.['spec']).toEqual({
      runs: [{ ref: 'example/web:abc' }, { ref: 'busybox' }],
      app: { repository: 'example/web', tag: 'abc' },
    })
    expect(problems).toMatchObject([
      { said: expect.stringContaining('`imagePaths` names Other, and nothing') as unknown },
    ])
  })

  it('is warned of where nothing is replaced, with its line and what to add', async () => {
    const { problems } = await collected(connect('  runs:\n    - ref: example/web:v1\n'), {
      images: [built('web', 'example/web')],
    })
    expect(problems).toEqual([
      {
        said: "Connect mine names example/web:v1 at spec.runs[0].ref, where images are not replaced: example/web:abc is what the nodes are given. Add `imagePaths: [{ kind: Connect.example.io, path: 'spec.runs[].ref' }]` to the file.",
        line: 15,
        step: 'service/web',
      },
    ])
  })

  it('is warned of in arguments and variables, and needed where the very reference stands', async () => {
    const pod = (args: string) =>
      `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n  containers:\n    - name: c\n      image: busybox\n      args: ${args}\n`
    const images = [built('reloader', 'example/x')]
    const wrong = await collected(pod('[--reloader-image=example/x]'), { images })
    expect(wrong.problems).toMatchObject([
      {
        said: expect.stringMatching(
          /^Pod web names --reloader-image=example\/x at spec\.containers\[0\]\.args\[0\], .*Only whole values are replaced/,
        ),
        line: 8,
      },
    ])
    const right = await collected(pod('["--reloader-image=example/x:abc"]'), { images })
    expect(right.problems).toEqual([])
    expect(right.source).toMatchObject({ needs: ['image/reloader'] })
  })

  it('is not suspected where the word means something else', async () => {
    const { problems } = await collected(
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web, labels: { app: web } }\nspec: { containers: [{ name: web, image: web, env: [{ name: APP, value: web }] }] }\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\ndata: { service: web, gitRepo: example/ui }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: ui }\nspec: { containers: [{ name: ui, image: example/ui }] }\n',
      { images: [built('web'), built('ui', 'example/ui')] },
    )
    expect(problems).toEqual([])
  })
})

describe('an image that is built and that nothing runs', () => {
  const pod = (image: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: c, image: "${image}" }] }\n`

  it('is warned of with the nearest name of the manifests', async () => {
    const { problems } = await collected(pod('example/wbe:1'), { images: [built('web', 'example/web')] })
    expect(problems).toEqual([
      {
        said: 'Image web is built, and nothing runs it: no object names example/web, and no other image is built from it. Did you mean `name: example/wbe`? The manifests name example/wbe.',
        line: 3,
        step: 'image/web',
      },
    ])
  })

  it('is found under another registry, and is none where another image starts from it or another runs instead', async () => {
    const far = await collected(pod('reg.example/team/web'), { images: [built('web')] })
    expect(far.problems[0]?.said).toMatch(/Did you mean `name: reg\.example\/team\/web`\?/)
    const base = built('base')
    const web = built('web', 'web', { bases: ['base'] })
    expect((await collected(pod('web'), { images: [base, web] })).problems).toEqual([])
    const { build: _build, ...given } = built('other')
    expect((await collected(pod('busybox'), { images: [given] })).problems).toEqual([])
  })
})
