import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Refusal } from '../../../support/api-server/refusals.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from './world.ts'

it('names the file and line of what the API refuses to apply', async () => {
  await using world = await makeWorld()
  const file = join(world.folder, 'all.yaml')
  const configMap = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`
  await writeFile(file, `${configMap('fine')}---\n${configMap('odd')}`)
  world.state.intercept(({ method, path }) =>
    method === 'PATCH' && path.endsWith('/configmaps/odd')
      ? new Refusal(422, 'Invalid', 'ConfigMap "odd" is invalid: data: Invalid value')
      : undefined,
  )
  const web = madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
  await expect(world.up([web])).rejects.toMatchObject({
    code: 'api-refused',
    message: expect.stringContaining('ConfigMap "odd" is invalid') as string,
    problems: [{ message: 'ConfigMap odd stands here.', at: { file, line: 5 } }],
  })
})
