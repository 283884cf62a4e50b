import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { dependencyProblems } from '../../../../manifests/helm/dependencies.ts'
import { temporary } from './helms.ts'

/** The names that the problems name. */
const lacking = async (files: Readonly<Record<string, string>>): Promise<readonly (string | undefined)[]> => {
  await using made = await temporary()
  const chart =
    'apiVersion: v2\nname: a\nversion: 1.0.0\ndependencies: [{ name: redis, version: 1.x.x, repository: "" }]\n'
  for (const [name, text] of Object.entries({ 'Chart.yaml': chart, ...files })) {
    await mkdir(dirname(join(made.folder, name)), { recursive: true })
    await writeFile(join(made.folder, name), text)
  }
  return dependencyProblems({ path: made.folder, kind: 'folder' }, {}).map(
    ({ message }) => / on (\S+),/.exec(message)?.[1],
  )
}

describe('the charts that a chart folder holds', () => {
  it('are known by what their Chart.yaml says, as helm knows them', async () => {
    expect(await lacking({ 'charts/cache/Chart.yaml': 'apiVersion: v2\nname: redis\nversion: 1.0.0\n' })).toEqual([])
    expect(await lacking({ 'charts/redis/Chart.yaml': 'apiVersion: v2\nname: cache\nversion: 1.0.0\n' })).toEqual([
      'redis',
    ])
    expect(await lacking({ 'charts/redis-1.2.3.tgz': '' })).toEqual([])
    expect(await lacking({ 'charts/redis-ha-4.38.0.tgz': '' })).toEqual(['redis'])
    expect(await lacking({})).toEqual(['redis'])
  })
})
