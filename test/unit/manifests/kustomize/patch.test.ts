import { describe, expect, it } from 'vitest'
import { applyPatches } from '../../../../manifests/kustomize/patch.ts'
import { writeObjects } from '../../../../manifests/yaml/write.ts'
import { tree } from '../../../support/tree.ts'

const made = (kind: string, name: string) => ({ apiVersion: 'v1', kind, metadata: { name } })

describe('applyPatches', () => {
  it('leaves the objects in their order, and puts what a patch renames behind what stood before it', async () => {
    using cache = tree({})
    const before = [made('Service', 'b'), made('Service', 'a'), made('ConfigMap', 'c'), made('Pod', 'p')]
    // kustomize sorts by kinds and names.
    const sorted = [made('ConfigMap', 'c'), made('Service', 'a'), made('Service', 'renamed'), made('Pod', 'p')]
    const after = await applyPatches(before, [{ patch: '{}' }], {
      run: () => Promise.resolve({ stdout: writeObjects(sorted), stderr: '', code: 0 }),
      tools: { kubectl: () => Promise.resolve({ name: 'kubectl', path: 'kubectl', version: '', from: 'path' }) },
      cacheFolder: cache.folder,
    })
    expect(after.map(({ metadata }) => metadata.name)).toEqual(['a', 'renamed', 'c', 'p'])
  })
})
