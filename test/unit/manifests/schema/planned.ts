import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Problem } from '../../../../core/problem.ts'
import { makeRun } from '../../../../core/run.ts'
import type { Deployable } from '../../../../manifests/deployable.ts'
import { collectSources } from '../../../../manifests/sources.ts'
import { madeConfig } from '../../../support/made-config.ts'
import { temporary } from '../helm/helms.ts'
import { madeDeployable } from '../made-deployable.ts'

const never = () => Promise.reject(new Error('plain manifests need no tool'))

/** What `plan` says of one text of manifests that a service deploys to namespace `dev`. */
export const planned = async (
  text: string,
  { kubernetes = '1.36.4', others = [] }: { kubernetes?: string; others?: readonly Deployable[] } = {},
): Promise<readonly Problem[]> => {
  await using made = await temporary()
  const file = join(made.folder, 'a.yaml')
  await writeFile(file, text)
  const web = madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })
  const config = madeConfig({ folder: made.folder })
  const rendered = await collectSources([web, ...others], {
    config: { ...config, cluster: { ...config.cluster, kubernetes: `kindest/node:v${kubernetes}` } },
    images: [],
    run: makeRun(),
    tools: { kind: never, kubectl: never, helm: never },
    env: { KINDUP_CACHE: join(made.folder, 'cache') },
  })
  return [...rendered.values()].flatMap(({ problems }) => problems)
}

/** The same as short lines: `12 error Pod web: … → hint`. */
export const said = async (text: string, options?: Parameters<typeof planned>[1]): Promise<readonly string[]> =>
  (await planned(text, options)).map(
    ({ at, severity, message, hint }) => `${at?.line} ${severity} ${message}${hint === undefined ? '' : ` → ${hint}`}`,
  )
