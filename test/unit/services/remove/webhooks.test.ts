import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { EnvironmentError } from '../../../../core/errors.ts'
import { awayWebhook, untilWebhooksAnswer } from '../../../../services/remove/webhooks.ts'
import { Refusal } from '../../../support/api-server/refusals.ts'
import { context } from '../../../support/steps.ts'
import { fixtures, helms } from '../../manifests/helm/helms.ts'
import { madeDeployable } from '../../manifests/made-deployable.ts'
import { makeWorld } from '../deploy/world.ts'

const calling = (why: string) =>
  `Internal error occurred: failed calling webhook "webhook.cert-manager.io": failed to call webhook: ${why}`
const post = 'Post "https://cert-manager-webhook.cert-manager.svc:443/validate?timeout=30s"'

/** Once. */
const refuseDeletion = ({ state }: Awaited<ReturnType<typeof makeWorld>>, path: string): void => {
  const refusal = new Refusal(
    500,
    'InternalError',
    calling(`${post}: dial tcp 10.96.0.7:443: connect: connection refused`),
  )
  const answers = [refusal]
  state.intercept((request) =>
    request.method === 'DELETE' && request.path.endsWith(path) ? answers.shift() : undefined,
  )
}

describe('a webhook that does not answer yet', () => {
  it('is asked again until it does, and who waits is told why', async () => {
    await using world = await makeWorld()
    const file = join(world.folder, 'web.yaml')
    await writeFile(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n')
    const answers = [
      new Refusal(500, 'InternalError', calling(`${post}: dial tcp 10.96.0.7:443: connect: connection refused`)),
      new Refusal(500, 'InternalError', calling(`${post}: x509: certificate signed by unknown authority`)),
      new Refusal(500, 'InternalError', calling('Post "https://a.b.svc:443/": no endpoints available for service "a"')),
    ]
    world.state.intercept(({ method, path, query }) =>
      method === 'PATCH' && path.endsWith('/configmaps/a') && !query.includes('dryRun') ? answers.shift() : undefined,
    )
    const ctx = context()
    await world.up([madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })], ctx)
    expect(ctx.reports.filter((line) => line.startsWith('waiting for the webhook'))).toEqual([
      'waiting for the webhook webhook.cert-manager.io: connection refused',
      'waiting for the webhook webhook.cert-manager.io: x509: certificate signed by unknown authority',
      'waiting for the webhook webhook.cert-manager.io: no endpoints available for service "a"',
    ])
  })

  it('is asked again where things are taken away too', async () => {
    await using world = await makeWorld()
    const file = join(world.folder, 'web.yaml')
    await writeFile(file, 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n')
    await world.up([madeDeployable('service/web', { source: { kind: 'manifests', paths: [file] } })])
    refuseDeletion(world, '/configmaps/a')
    const ctx = context()
    expect(await world.up([], ctx)).toEqual(['service/web removed'])
    expect(ctx.reports).toContain('waiting for the webhook webhook.cert-manager.io: connection refused')
    expect(world.state.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'a', namespace: 'dev' })).toBeUndefined()
  })

  for (const helm of helms)
    it.skipIf(helm.path === '')(
      `is asked again where helm ${helm.major} uninstalls, and says why only if told to`,
      async () => {
        await using world = await makeWorld(helm)
        const chart = { chart: join(fixtures, 'charts', 'app') }
        const source = { kind: 'helm', chart, release: 'web', values: [{ set: { workload: false } }] } as const
        await world.up([madeDeployable('service/web', { source })])
        refuseDeletion(world, '/configmaps/web-values')
        const ctx = context()
        expect(await world.up([], ctx)).toEqual(['service/web removed'])
        expect(ctx.reports).toContain('waiting for the webhook webhook.cert-manager.io: connection refused')
        expect(
          world.state.get({ apiVersion: 'v1', kind: 'ConfigMap', name: 'web-values', namespace: 'dev' }),
        ).toBeUndefined()
      },
    )

  it('ends the wait after a while, with its name', async () => {
    const error = new EnvironmentError('helm-failed', calling(`${post}: context deadline exceeded`))
    await expect(untilWebhooksAnswer(() => Promise.reject(error), context(), 1)).rejects.toMatchObject({
      code: 'webhook-away',
      hints: expect.arrayContaining([expect.stringContaining('webhook.cert-manager.io')]) as string[],
    })
  })

  it('is no webhook that says no, and no other error', async () => {
    const said = ['admission webhook "a.b" denied the request: no', 'Deployment "a" is invalid']
    for (const message of said) {
      const error = new EnvironmentError('api-refused', message)
      expect(awayWebhook(error)).toBeUndefined()
      await expect(untilWebhooksAnswer(() => Promise.reject(error), context())).rejects.toBe(error)
    }
  })

  it('may be one that converts', () => {
    const message = 'conversion webhook for example.io/v1, Kind=Thing failed: Post "https://x": EOF'
    expect(awayWebhook(new EnvironmentError('api-refused', message))).toEqual({
      name: 'example.io/v1, Kind=Thing',
      why: 'EOF',
    })
  })
})
