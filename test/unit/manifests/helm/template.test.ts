import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SetValue } from '../../../../config/config.ts'
import type { ValuesLayer } from '../../../../config/chart-config.ts'
import { helmTemplate } from '../../../../manifests/helm/template.ts'
import { fixtures, helmIn, helms, temporary } from './helms.ts'

const app = { path: join(fixtures, 'charts', 'app'), kind: 'folder' } as const
const file = join(app.path, 'templates', 'app.yaml')

for (const helm of helms)
  describe.skipIf(helm.path === '')(`helmTemplate with helm ${helm.major}`, () => {
    const render = async (values: readonly ValuesLayer[], more: { apiVersions?: string[]; chart?: string } = {}) => {
      await using cache = await temporary()
      const chart = more.chart === undefined ? app : { ...app, path: join(fixtures, 'charts', more.chart) }
      return await helmTemplate(
        {
          chart,
          release: 'web',
          namespace: 'dev',
          values,
          kubernetes: '1.36.4',
          apiVersions: more.apiVersions ?? [],
          at: { file: 'kindup.yaml', line: 7 },
        },
        helmIn(cache.folder, helm),
      )
    }
    const broken = async (kind: string) => (await render([{ set: { break: kind } }])).problems

    it('names the template and the line of every object, several in one template included', async () => {
      const { documents, problems } = await render([])
      expect(problems).toEqual([])
      expect(Object.fromEntries(documents.map(({ object, at }) => [object.kind, at]))).toEqual({
        Deployment: { file, line: 22 },
        Service: { file, line: 39 },
        ConfigMap: { file, line: 50 },
        Job: { file: join(app.path, 'templates', 'job.yaml'), line: 2 },
      })
    })

    it('lays values over each other in order and keeps what they are', async () => {
      await using folder = await temporary()
      const values = join(folder.folder, 'values.yaml')
      await writeFile(values, 'text: from file\nports: [8080, 9090]\nmode: 0644\nyes: yes\n')
      const set: Record<string, SetValue> = { image: 'a,b=c', 'ports[1]': 7, 'deep.x\\.y': '012', text: null }
      const { documents } = await render([
        { values: { text: 'built in', low: 1 } },
        { file: values, at: { file: values } },
        { set },
      ])
      const config = documents.find(({ object }) => object.kind === 'ConfigMap')?.object['data'] as { values: string }
      expect(JSON.parse(config.values)).toEqual({
        low: 1,
        ports: [8080, 7],
        mode: 420,
        true: true,
        image: 'a,b=c',
        deep: { 'x.y': '012' },
        replicas: 1,
        jobs: 1,
      })
    })

    it('tells charts what the plan will serve', async () => {
      const kinds = async (apiVersions: string[]) =>
        (await render([], { apiVersions })).documents.map(({ object }) => object.kind)
      expect(await kinds([])).not.toContain('Thing')
      expect(await kinds(['example.io/v1', 'example.io/v1/Thing'])).toContain('Thing')
    })

    it('finds the line in the template of a key that stands twice', async () => {
      expect(await broken('twice')).toEqual([
        expect.objectContaining({
          severity: 'warning',
          at: { file, line: 18 },
          message: expect.stringContaining('`mode`'),
        }),
      ])
    })

    it('finds the template, and the line, of what renders to no YAML', async () => {
      const problems = await broken('yaml')
      expect(problems).toHaveLength(1)
      expect(problems[0]?.at?.file).toBe(file)
      expect(problems[0]?.at?.line).toBeGreaterThanOrEqual(7)
      expect(problems[0]?.at?.line).toBeLessThanOrEqual(8)
    })

    it('says where a template fails, and why', async () => {
      const [nil] = await broken('nil')
      expect(nil).toMatchObject({ severity: 'error', at: { file, line: 64 } })
      expect(nil?.message).toMatch(/nil pointer|not\.there/)
      const [refused] = await broken('refuse')
      expect(refused).toMatchObject({
        message: 'The chart refuses its values: the colour is needed',
        at: { file, line: 67 },
      })
    })

    it('says which values file is broken, and its line', async () => {
      await using folder = await temporary()
      const values = join(folder.folder, 'values.yaml')
      await writeFile(values, 'a: 1\nb: [\n')
      const { problems } = await render([{ file: values, at: { file: values } }])
      expect(problems).toEqual([expect.objectContaining({ at: expect.objectContaining({ file: values }) })])
    })

    it('names the dependencies that a chart folder lacks, with their lines', async () => {
      const { problems } = await render([], { chart: 'lacking' })
      expect(problems).toEqual([
        expect.objectContaining({
          at: { file: join(fixtures, 'charts', 'lacking', 'Chart.yaml'), line: 8 },
          hint: `helm dependency build ${join(fixtures, 'charts', 'lacking')}`,
          message: expect.stringContaining('redis'),
        }),
      ])
    })
  })
