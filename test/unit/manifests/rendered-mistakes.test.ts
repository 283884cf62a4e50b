import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Problem } from '../../../core/problem.ts'
import { makeRun } from '../../../core/run.ts'
import { collectSources } from '../../../manifests/sources.ts'
import { copySources, makeMistake } from '../../mistakes/rendered-judge.ts'
import { renderedMistakes } from '../../mistakes/rendered-table.ts'
import { madeConfig } from '../../support/made-config.ts'
import { helms, kubectl, temporary, toolsWith } from './helm/helms.ts'
import { madeDeployable } from './made-deployable.ts'

const helm = helms.find(({ major }) => major === 4)

/** Of a mistake in a chart or kustomization, `plan` is to say the file and line. docs/mistakes.md has the same figures. */
it.skipIf(!helm || helm.path === '' || kubectl === undefined)(
  'names most mistakes in charts and kustomizations at their line',
  { timeout: 600_000 },
  async () => {
    await using made = await temporary()
    const folder = await realpath(made.folder)
    await copySources(folder)
    const chart = madeDeployable('service/shop', {
      source: { kind: 'helm', chart: { chart: join(folder, 'chart') }, release: 'shop', values: [] },
    })
    const overlay = madeDeployable('service/web', {
      namespace: 'kust',
      source: { kind: 'kustomize', folder: join(folder, 'kustomize/overlays/dev') },
    })
    const config = madeConfig({ folder })
    const planned = async (file: string): Promise<readonly Problem[]> => {
      const rendered = await collectSources([file.startsWith('chart') ? chart : overlay], {
        config: { ...config, cluster: { ...config.cluster, kubernetes: 'kindest/node:v1.36.4' } },
        images: [],
        run: makeRun(),
        tools: toolsWith(helm ? { helm } : {}),
        env: { KINDUP_CACHE: join(folder, 'cache') },
      })
      return [...rendered.values()].flatMap(({ problems }) => problems)
    }
    const fine = [...(await planned('chart')), ...(await planned('kustomize'))]
    expect(fine.filter(({ severity }) => severity === 'error')).toEqual([])
    const before = new Set(fine.map(({ message }) => message))
    const missed: string[] = []
    const elsewhere: string[] = []
    for (const mistake of renderedMistakes) {
      const { at, takeBack } = await makeMistake(folder, mistake)
      const found = (await planned(mistake.file)).filter(({ message }) => !before.has(message))
      await takeBack()
      const places = found.flatMap((one) => [...(one.at ? [one.at] : []), ...(one.also?.places ?? [])])
      const what = `${mistake.file} ${mistake.bad}`
      if (found.length === 0) missed.push(what)
      else if (!places.some(({ file, line }) => file === at.file && line === at.line)) {
        elsewhere.push(what)
      }
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
