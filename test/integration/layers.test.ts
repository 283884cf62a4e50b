import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { shop, type Shop } from './shop.ts'

describe('a file in layers', () => {
  let at: Shop
  beforeAll(async () => {
    at = await shop()
    await at.write(
      'over.yaml',
      [
        'include: [./kindup.yaml]',
        'name: over',
        'secrets: { it: { from: { literals: { KEY: very-secret-thing } } } }',
        'profiles: { bare: { hosts: { mode: none } } }',
        '',
      ].join('\n'),
    )
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('is printed as it counts, with the place of each value, and no secret', async () => {
    const { stdout } = await at.well('config', '--config', 'over.yaml', '--profile', 'bare', '--set', 'tools.helm=path')
    expect(stdout).toMatch(/^name: over {2}# over\.yaml:2:7$/m)
    expect(stdout).toMatch(/^ {2}mode: none {2}# over\.yaml:4:36$/m)
    expect(stdout).toMatch(/^ {2}helm: path {2}# --set tools\.helm$/m)
    expect(stdout).toMatch(/# kindup\.yaml:\d+:\d+$/m)
    expect(stdout).toMatch(/^ {8}secret: dev\/api-login {2}#/m)
    expect(stdout).not.toContain('very-secret-thing')
    const json = (await at.well('config', '--config', 'over.yaml', '--json')).json()
    expect(json).toMatchObject({
      files: [at.path('over.yaml'), at.path('kindup.yaml')],
      config: { name: 'over', secrets: { it: { from: { literals: { KEY: '***' } } } } },
      from: { name: { file: at.path('over.yaml'), line: 2, column: 7 } },
    })
  })

  it('is remembered with its profiles by the cluster', async () => {
    await at.well('up', '--config', 'over.yaml', '--profile', 'bare', '--quiet')
    const status = await at.well('status', '--config', 'over.yaml', '--json')
    expect(status.json()).toMatchObject({ healthy: true })
    const again = await at.well('up', '--config', 'over.yaml')
    expect(again.stderr).toContain('No longer set: --profile bare.')
    await at.well('down', '--config', 'over.yaml')
  })
})
