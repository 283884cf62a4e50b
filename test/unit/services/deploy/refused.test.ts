import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { invalid } from '../../../support/api-server/refusals.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

it('names the file and line of what the API would refuse, and writes nothing before', async () => {
  await using world = await makeWorld()
  const file = join(world.folder, 'all.yaml')
  const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`
  await writeFile(file, `${configMap('fine')}---\n${configMap('odd')}`)
  world.state.intercept(({ method, path }) =>
    method === 'PATCH' && path.endsWith('/configmaps/odd')
      ? invalid({ group: '', plural: 'configmaps', kind: 'ConfigMap' }, 'odd', [
          { field: 'metadata.name', message: 'Invalid value' },
        ])
      : undefined,
  )
  const web = madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
  await expect(world.up([web])).rejects.toMatchObject({
    code: 'api-refused',
    message: 'The API refuses what stands there, so nothing of it is written.',
    problems: [{ message: 'ConfigMap dev/odd: metadata.name: Invalid value.', at: { file, line: 7 } }],
  })
  expect(await world.kube.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'fine', namespace: 'dev' })).toBeUndefined()
})
