import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readDefinitions } from '../../../../manifests/source/definitions.ts'
import { temporary } from '../helm/helms.ts'

it('says which link among definitions leads nowhere', async () => {
  await using made = await temporary()
  const file = join(made.folder, 'gone.yaml')
  await symlink('nowhere.yaml', file)
  const { documents, problems } = await readDefinitions([made.folder], true)
  expect(documents).toEqual([])
  expect(problems).toEqual([expect.objectContaining({ severity: 'error', at: { file } })])
})
