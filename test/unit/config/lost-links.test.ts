import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { loadConfig } from '../../../config/load.ts'

it.each([
  ['itself', 'web.yaml'],
  ['nowhere', 'gone.yaml'],
])('says of a link to %s that it leads nowhere, and proposes no name', async (_, target) => {
  const folder = await mkdtemp(join(tmpdir(), 'kindup-links-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'kindup.yaml')
  await writeFile(file, 'name: x\nservices: { web: { deploy: { manifests: [./web.yaml] } } }\n')
  await symlink(target, join(folder, 'web.yaml'))
  await expect(loadConfig({ file, cwd: folder, env: {} })).rejects.toMatchObject({
    problems: [
      {
        message: 'services.web.deploy.manifests[0]: the file or folder ./web.yaml is a link that leads nowhere.',
        at: { file, line: 2 },
      },
    ],
  })
})
