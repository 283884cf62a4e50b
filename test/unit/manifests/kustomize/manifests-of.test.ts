import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { kustomizationFiles, kustomizationManifests } from '../../../../manifests/kustomize/files.ts'

it('takes files of resources and patches for objects, of bases too, and those of generators for data', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-kustomize-'))
  try {
    await mkdir(join(folder, 'base'))
    await writeFile(join(folder, 'base', 'kustomization.yaml'), 'resources: [web.yaml]\n')
    await writeFile(
      join(folder, 'kustomization.yaml'),
      'resources: [base, own.yaml]\npatches: [{ path: patch.yaml }]\nconfigMapGenerator: [{ name: a, files: [application.yaml] }]\n',
    )
    for (const file of ['base/web.yaml', 'own.yaml', 'patch.yaml', 'application.yaml'])
      await writeFile(join(folder, file), '{{ if .Debug }}\n')
    const manifests = ['base/web.yaml', 'own.yaml', 'patch.yaml'].map((file) => join(folder, file))
    expect(kustomizationManifests(folder)).toEqual(manifests)
    // A change of any of them is a change of what is deployed.
    expect(kustomizationFiles(folder)).toContain(join(folder, 'application.yaml'))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
