import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRun } from '../../core/run.ts'
import { findCases } from '../corpus/find-cases.ts'
import { tryCase } from '../corpus/try-case.ts'
import { realTool } from '../support/real-tools.ts'
import { tree } from '../support/tree.ts'

const [kubectl, helm] = [realTool('kubectl') ?? '', realTool('helm4') ?? '']

describe.skipIf(kubectl === '' || helm === '')('what others wrote', () => {
  it('is sent as their own tools send it', async () => {
    const secret = 'apiVersion: v1\nkind: Secret\nmetadata: { name: it }\nstringData: { on: "1" }\n'
    using made = tree({
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/templates/it.yaml': `${secret}  \n---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: drawn }\ndata: { a: {{ randAlpha 9 }}, b: '0777' }\n`,
      'overlay/kustomization.yaml': 'resources: [it.yaml]\nnamePrefix: x-\n',
      'overlay/it.yaml': secret,
      'plain.yaml': `${secret}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: big }\ndata: { n: 9007199254740993 }\n`,
      'wrong.yaml': `${secret}a: [\n`,
    })
    const tool = (name: 'kubectl' | 'helm', path: string, version: string) => () =>
      Promise.resolve({ name, path, version, from: 'path' as const })
    const deps = {
      run: makeRun(),
      helm,
      kubectl,
      helmHome: join(made.folder, 'home'),
      cache: join(made.folder, 'cache'),
      throughHelm: false,
      patched: true,
      tools: {
        kind: () => Promise.reject(new Error('no cluster is made')),
        kubectl: tool('kubectl', kubectl, ''),
        helm: tool('helm', helm, '4.0.0'),
      },
    }
    const cases = await findCases(made.folder)
    const results = await Promise.all(cases.map((one) => tryCase(one, deps)))
    expect(results.map(({ kind, outcome }) => `${kind} ${outcome}`)).toEqual([
      'chart same',
      'kustomization same',
      'manifest same',
      'manifest neither',
    ])
    expect(results.map(({ lines }) => lines.length > 0)).toEqual([false, false, true, true])
  })
})
