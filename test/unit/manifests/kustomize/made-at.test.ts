import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { makeMadeAt } from '../../../../manifests/kustomize/made-at.ts'
import { temporary } from '../helm/helms.ts'

it('finds the one line of a kustomization that writes a value', async () => {
  await using made = await temporary()
  const file = join(made.folder, 'kustomization.yaml')
  await writeFile(
    file,
    `resources: []
labels:
  - pairs:
      team: "the shop"   # ours
replicas:
  - name: web
    count: -1
images:
  - { name: web, newTag: "2" }
  - name: api
    newTag: "2"
patches:
  - patch: |-
      - op: replace
        path: /spec/ports/0/port
        value: 800000
configMapGenerator:
  - name: settings
    literals:
      - color=red
      - port=8080
      - other=8080
`,
  )
  const at = makeMadeAt(made.folder)
  expect(at('the shop', 'team')).toEqual({ file, line: 4, column: 13 })
  expect(at(-1, 'replicas')).toEqual({ file, line: 7, column: 12 })
  expect(at(800000, 'port')).toEqual({ file, line: 16, column: 16 })
  expect(at('red', 'color')?.line).toBe(20)
  expect(at('8080', 'port')?.line).toBe(21)
  // Two lines may be meant, or none.
  expect(at('8080', 'number')).toBeUndefined()
  expect(at('blue', 'color')).toBeUndefined()
  expect(at(['red'], 'color')).toBeUndefined()
})
