import { describe, expect, it } from 'vitest'
import { shop, type Ran } from './shop.ts'

const errorOf = (ran: Ran) => ran.json()['error'] as { readonly code: string; readonly message: string }

/** A program that writes down that it ran, with what it is told. */
const noting = (name: string, words: string) =>
  `{ name: ${name}, run: [/bin/sh, -c, 'echo "${name} ${words}" >> hooks.log'], in: . }`

describe('hooks', () => {
  it('run around what is deployed: tests once for all environments, the rest in each, nothing the second time', async () => {
    await using at = await shop()
    await at.edit(
      '    placement: { tier: backend }\n',
      `    placement: { tier: backend }
    hooks:
      before:
        - ${noting('tests', '{name}')}
        - { name: seed, run: [/bin/sh, -c, 'echo "seed $KINDUP_NAMESPACE" >> hooks.log'], cluster: true }
      after: [{ name: migrate, run: [/bin/sh, -c, 'echo "migrate {env} $KINDUP_ENV $(test -f $KUBECONFIG; echo $?)" >> hooks.log'] }]
`,
    )
    await at.well('up')
    const lines = (await at.read('hooks.log')).trim().split('\n')
    expect(lines.filter((line) => line.startsWith('tests'))).toEqual(['tests web'])
    expect(lines.filter((line) => line.startsWith('seed')).toSorted()).toEqual(['seed dev', 'seed prod'])
    expect(lines.filter((line) => line.startsWith('migrate')).toSorted()).toEqual([
      'migrate dev dev 0',
      'migrate prod prod 0',
    ])
    for (const env of ['dev', 'prod'])
      expect(lines.indexOf(`seed ${env}`)).toBeLessThan(lines.indexOf(`migrate ${env} ${env} 0`))
    await at.well('up')
    expect((await at.read('hooks.log')).trim().split('\n')).toHaveLength(5)
    // A hook is no part of what is deployed.
    await at.edit(`echo "tests`, `echo "other`)
    expect((await at.well('plan', '--check')).stdout).toContain('Nothing would change.')
  })

  it('of what stopped nodes kept from being asked run only where it turns out to be changed', async () => {
    await using at = await shop()
    await at.edit(
      '    placement: { tier: backend }\n',
      `    placement: { tier: backend }\n    hooks: { before: [${noting('tests', '{env}')}] }\n`,
    )
    const lines = async () => (await at.read('hooks.log')).trim().split('\n').toSorted()
    const stop = () => {
      at.world.containers.get('shop-control-plane')!.running = false
    }
    await at.well('up')
    expect(await lines()).toEqual(['tests dev', 'tests prod'])
    stop()
    const up = (await at.well('up', '--json')).json()
    expect(up.steps.filter(({ id }) => id.startsWith('service/web')).map(({ result }) => result)).toEqual([
      'unchanged',
      'unchanged',
    ])
    expect(await lines()).toEqual(['tests dev', 'tests prod'])
    stop()
    await at.write(
      'web.yaml',
      (await at.read('web.yaml')).replace('ports: [{ port: 80', 'ports: [{ name: web, port: 80'),
    )
    await at.well('up')
    expect(await lines()).toEqual(['tests dev', 'tests dev', 'tests prod', 'tests prod'])
  })

  it('stop their service before anything of it is applied, with the place, and up goes on from there', async () => {
    await using at = await shop()
    await at.edit(
      '    placement: { tier: backend }\n',
      `    placement: { tier: backend }
    hooks: { before: [{ name: unit tests, run: [/bin/sh, -c, 'echo one; test -f fixed || { echo two bad $DB_PASSWORD; exit 4; }'], env: { DB_PASSWORD: mortal-secret } }] }
`,
    )
    const failed = await at.run('up', '--json')
    expect(failed.code).toBe(1)
    expect(errorOf(failed)).toMatchObject({
      code: expect.stringMatching(/hook-failed|step-failed/),
      message: expect.stringContaining('The hook `unit tests` failed (exit 4).\nIts last lines:\n  one\n  two bad ***'),
      problems: expect.arrayContaining([
        expect.objectContaining({ at: expect.objectContaining({ file: at.path('kindup.yaml'), line: 15 }) }),
      ]),
    })
    expect(failed.stdout + failed.stderr).not.toContain('mortal-secret')
    const web = { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'dev', name: 'web' }
    expect(at.api('shop').state.get(web)).toBeUndefined()
    await at.write('fixed', '')
    await at.well('up')
    expect(at.api('shop').state.get(web)).toBeDefined()
  })

  it('are refused by plan where their folder is not there', async () => {
    await using at = await shop()
    await at.edit(
      '    placement: { tier: backend }\n',
      '    placement: { tier: backend }\n    hooks: { before: [{ name: t, run: [x], in: ./wbe }] }\n',
    )
    const ran = await at.run('plan', '--json')
    expect(ran.code).toBe(2)
    expect(ran.json()['error']).toMatchObject({
      problems: [{ message: expect.stringContaining('./wbe does not exist'), at: { line: 15 } }],
    })
  })
})
