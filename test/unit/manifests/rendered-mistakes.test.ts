import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Place, Problem } from '../../../core/problem.ts'
import { makeRun } from '../../../core/run.ts'
import { collectSources } from '../../../manifests/sources.ts'
import { copyOfEach, copySources, makeMistake } from '../../mistakes/rendered-judge.ts'
import { renderedMistakes, type RenderedMistake } from '../../mistakes/rendered-table.ts'
import { madeConfig } from '../../support/made-config.ts'
import { helms, kubectl, temporary, toolsWith } from './helm/helms.ts'
import { madeDeployable } from './made-deployable.ts'

const helm = helms.find(({ major }) => major === 4)

const placesOf = ({ at, also }: Problem): readonly Place[] => [...(at ? [at] : []), ...(also?.places ?? [])]

/** What stops the renderer itself. */
const stopping = [
  'apiVersion: apps/v1beta2',
  'port:',
  '- ingres.yaml',
  'path: limit.yaml',
  'path: /spec/ports/4/port',
  '- app.cnf',
  '- services.yaml',
]

/** Values are looked for in those of the chart itself, by trying a few of them: each chart has one mistake there. */
const isAlone = ({ sort, file, bad }: RenderedMistake): boolean =>
  sort === 'in values' || (file.startsWith('kustomize') && stopping.includes(bad))

/** Of a mistake in a chart or kustomization, `plan` is to say the file and line. docs/mistakes.md has the same figures. */
it.skipIf(!helm || helm.path === '' || kubectl === undefined)(
  'names most mistakes in charts and kustomizations at their line',
  { timeout: 600_000 },
  async () => {
    await using made = await temporary()
    const folder = await realpath(made.folder)
    await copySources(folder)
    const config = madeConfig({ folder })
    const planned = async (kind: string, below = ''): Promise<readonly Problem[]> => {
      const chart = join(folder, below, 'chart')
      const overlay = join(folder, below, 'kustomize', below === '' ? 'overlays/dev' : '')
      const deployable =
        kind === 'chart'
          ? madeDeployable('service/shop', {
              source: { kind: 'helm', chart: { chart }, release: 'shop', values: [] },
            })
          : madeDeployable('service/web', { namespace: 'kust', source: { kind: 'kustomize', folder: overlay } })
      const rendered = await collectSources([deployable], {
        config: { ...config, cluster: { ...config.cluster, kubernetes: 'kindest/node:v1.36.4' } },
        images: [],
        run: makeRun(),
        tools: toolsWith(helm ? { helm } : {}),
        env: { KINDUP_CACHE: join(folder, 'cache') },
      })
      return [...rendered.values()].flatMap(({ problems }) => problems)
    }
    const missed: string[] = []
    const elsewhere: string[] = []
    const judge = ({ file, bad }: RenderedMistake, at: Pick<Place, 'file' | 'line'>, found: readonly Problem[]) => {
      const what = `${file} ${bad}`
      if (found.length === 0) missed.push(what)
      else if (!found.flatMap(placesOf).some((place) => place.file === at.file && place.line === at.line))
        elsewhere.push(what)
    }

    const together = await copyOfEach(
      folder,
      renderedMistakes.filter((mistake) => !isAlone(mistake)),
    )
    const all = [...(await planned('chart', 'many')), ...(await planned('kustomize', 'many'))]
    const isOf = (problem: Problem, copy: string): boolean =>
      problem.message.includes(copy) || placesOf(problem).some(({ file }) => file.includes(`/${copy}/`))
    const general = ({ message }: Problem): string => message.replaceAll(/copy\d\d/g, 'copy')
    const usual = new Set(all.filter((one) => isOf(one, 'copy00')).map(general))
    expect(all.filter((one) => isOf(one, 'copy00') && one.severity === 'error')).toEqual([])
    for (const { mistake, at, copy } of together)
      judge(
        mistake,
        at,
        all.filter((one) => isOf(one, copy) && !usual.has(general(one))),
      )

    const fine = [...(await planned('chart')), ...(await planned('kustomize'))]
    expect(fine.filter(({ severity }) => severity === 'error')).toEqual([])
    const before = new Set(fine.map(({ message }) => message))
    for (const mistake of renderedMistakes.filter(isAlone)) {
      const { at, takeBack } = await makeMistake(folder, mistake)
      const found = (await planned(mistake.file.split('/')[0] ?? '')).filter(({ message }) => !before.has(message))
      await takeBack()
      judge(mistake, at, found)
    }
    expect(renderedMistakes.length).toBeGreaterThanOrEqual(60)
    expect(missed).toEqual([
      // Whether the engine takes it is not the API's question.
      'chart/templates/deployment.yaml mountPath: data:/x',
    ])
    expect(elsewhere.toSorted()).toEqual(
      [
        // Warnings are said where the template puts the value in: looking for it is left to errors.
        'chart/values.yaml targetPort: https',
        'chart/values.yaml tag: "1 4"',
        // The template makes a name of the key, or of a value that names the object.
        'chart/values.yaml   MY=MODE: fast',
        'chart/values.yaml serviceAccount: Shop_1',
        // kustomize itself stops, at the patch that finds nothing any more.
        'kustomize/base/web.yaml apiVersion: apps/v1beta2',
        'kustomize/base/service.yaml port:',
        'kustomize/overlays/dev/kustomization.yaml path: /spec/ports/4/port',
        // Said where the name is used, and not where it is given.
        'kustomize/base/kustomization.yaml - colour=red',
        'kustomize/base/kustomization.yaml - name: setings',
        'kustomize/base/kustomization.yaml - pasword=example',
      ].toSorted(),
    )
  },
)
