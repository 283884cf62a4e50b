import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { realTool } from '../support/real-tools.ts'
import { machine, type Machine } from '../support/stand-ins/machine.ts'

const fixtures = join(import.meta.dirname, '../fixtures/init')
const names = readdirSync(fixtures, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name)

const helm = realTool('helm4') ?? realTool('helm3')
const kubectl = realTool('kubectl')
const tools = { ...(helm === undefined ? {} : { helm }), ...(kubectl === undefined ? {} : { kubectl }) }

let at: Machine
beforeEach(async () => {
  at = await machine({ programs: [], tools })
})
afterEach(() => at[Symbol.asyncDispose]())

describe('init --yes', () => {
  const isRendered = (name: string): boolean => existsSync(join(fixtures, `${name}.rendered`))
  const canRender = helm !== undefined && kubectl !== undefined
  it.each(names.filter((name) => canRender || !isRendered(name)))(
    'writes a file for %s that plan takes',
    async (name) => {
      cpSync(join(fixtures, name), at.path('shop'), { recursive: true })
      const { code, stdout, stderr } = await at.kindup(['init', '--yes', '--json', '--dir', 'shop'])
      expect([code, stderr]).toEqual([0, ''])
      const said = JSON.parse(stdout) as { file: string; services: string[]; addons: string[] }
      expect(said.file).toBe(at.path('shop', 'kindup.yaml'))
      const text = await at.read('shop/kindup.yaml')
      const [, schema = ''] = /^# yaml-language-server: \$schema=(.+)$/m.exec(text.split('\n')[0] ?? '') ?? []
      expect(existsSync(at.path('shop', schema))).toBe(true)
      expect(text.split('\n').slice(1).join('\n')).toBe((await expected(name)).split('\n').slice(1).join('\n'))

      const plan = await at.kindup(['plan', '--json'], {}, 'shop')
      expect([plan.code, plan.stderr]).toEqual([0, ''])
      const { cluster, steps, problems } = JSON.parse(plan.stdout) as {
        cluster: string
        steps: { id: string }[]
        problems: { severity: string; message: string }[]
      }
      expect(cluster).toBe('shop')
      const ids = steps.map(({ id }) => id.replace(/@.*/, ''))
      // What Applications deploy are services of their own.
      const adopts = (service: string): boolean =>
        new RegExp(`^  ${service}:\\n    deploy:\\n      applications:`, 'm').test(text)
      expect(said.services.filter((service) => !adopts(service) && !ids.includes(`service/${service}`))).toEqual([])
      expect(said.addons.filter((addon) => !ids.includes(`addon/${addon}`))).toEqual([])
      // What is not known before `up` is said as a warning; nothing may be wrong.
      expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
    },
  )

  it('says what it wrote, and what comes next', async () => {
    await at.write('web/Dockerfile', 'FROM scratch\n')
    const { code, stdout, stderr } = await at.kindup(['init', '--yes', '--name', 'mine'])
    expect([code, stdout]).toEqual([0, '✓ kindup.yaml: cluster mine; no add-ons; no services yet; images web.\n'])
    expect(stderr).toContain('`kindup plan`')
    const elsewhere = await at.kindup(['init', '--yes', '--dir', 'web'])
    expect(elsewhere.stderr).toContain('cd web, then')
  })

  it('never takes the place of a file', async () => {
    await at.write('kindup.yaml', 'name: mine\n')
    const { code, stdout, stderr } = await at.kindup(['init', '--yes'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('is there already, and stays as it is')
    expect(await at.read('kindup.yaml')).toBe('name: mine\n')
    const { code: same, stdout: json } = await at.kindup(['init', '--yes', '--json'])
    expect(same).toBe(1)
    expect(JSON.parse(json)).toMatchObject({ error: { code: 'file-exists' } })
  })
})

describe('init without a terminal', () => {
  it('asks nobody, writes nothing and says how', async () => {
    const { code, stdout, stderr } = await at.kindup(['init'])
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toContain('no terminal')
    expect(stderr).toContain('init --yes')
    expect(existsSync(at.path('kindup.yaml'))).toBe(false)
  })
})

describe('the page of init for', () => {
  it.each([
    [['--dir', 'missing'], 2, 'There is no folder'],
    [['--dir', 'file'], 2, 'is no folder'],
    [['--dir', 'taken'], 1, 'is a folder'],
    [['--config', 'x.yaml'], 2, 'init takes no --config'],
    [['--env', 'dev'], 2, 'init takes no --env'],
    [['--name', 'a.b'], 2, '--name a.b'],
    [['--name', 'a'.repeat(50)], 2, '49 characters'],
  ])('%j', async (flags, wanted, said) => {
    await at.write('file', '')
    await at.write('taken/kindup.yaml/x', '')
    const { code, stdout, stderr } = await at.kindup(['init', '--yes', ...flags])
    expect([code, stdout]).toEqual([wanted, ''])
    expect(stderr).toContain(said)
    expect(stderr).not.toContain('defect')
    rmSync(at.path('file'))
  })
})

const expected = async (name: string): Promise<string> => {
  cpSync(join(fixtures, `${name}.kindup.yaml`), at.path('expected.yaml'))
  return await at.read('expected.yaml')
}
