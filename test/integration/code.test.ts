import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sandbox, type Sandbox } from '../support/sandbox.ts'

const program = `import { defineConfig } from 'kindup/config'
import { tag } from './tag.ts'
export default defineConfig(() => ({
  include: ['./base.yaml'],
  name: 'code',
  images: { web: { ref: \`example/web:\${tag}\` } },
  profiles: { ci: { hosts: { mode: 'none' } } },
}))
`

describe('a configuration that is a program', () => {
  let at: Sandbox
  beforeAll(async () => {
    at = await sandbox()
    await at.write('kindup.config.ts', program)
    await at.write('tag.ts', "export const tag: string = '1.2.3'\n")
    await at.write('base.yaml', 'cluster: { workers: 1 }\ntls: false\n')
    await at.write('kindup.local.yaml', 'cluster: { workers: 3 }\n')
    await at.write('both/kindup.yaml', 'name: a\n')
    await at.write('both/kindup.config.mjs', "export default { name: 'b' }\n")
    await at.write('including.yaml', 'name: a\ninclude: [./kindup.config.ts]\n')
  })
  afterAll(() => at[Symbol.asyncDispose]())

  it('lies over what it includes, and below its profiles, the local file and what is set', async () => {
    const { stdout, stderr } = await at.kindup(['config', '--profile', 'ci', '--set', 'tools.helm=path'])
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^name: code {2}# kindup\.config\.ts:5:3$/m)
    expect(stdout).toMatch(/^ {4}ref: example\/web:1\.2\.3 {2}# kindup\.config\.ts:6:20$/m)
    expect(stdout).toMatch(/^ {2}workers: 3 {2}# kindup\.local\.yaml:1:21$/m)
    expect(stdout).toMatch(/^ {2}mode: none {2}# kindup\.config\.ts:7:30$/m)
    expect(stdout).toMatch(/^ {2}helm: path {2}# --set tools\.helm$/m)
    const json = JSON.parse((await at.kindup(['config', '--json'])).stdout) as object
    expect(json).toMatchObject({
      files: ['kindup.config.ts', 'tag.ts', 'base.yaml', 'kindup.local.yaml'].map((name) => at.path(name)),
    })
  })

  it.each([
    ['beside a kindup.yaml', ['plan'], 'both', /holds two configurations: kindup\.yaml and kindup\.config\.mjs\./],
    [
      'that a file includes',
      ['plan', '--config', 'including.yaml'],
      '.',
      /including\.yaml:2:11 include: .* is a program/,
    ],
    ['to be edited', ['image', 'set', '--file', 'kindup.config.ts', 'web=1'], '.', /programs are not edited/],
    ['with a wrong value', ['plan', '--set', 'name=7', '--set', 'images.web.rf=x'], '.', /--set images\.web\.rf/],
  ])('is refused %s', async (_what, args, folder, why) => {
    const { code, stderr } = await at.kindup(args, {}, folder)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(why) as string })
  })

  it('is not written over by init, and not run by a key press', async () => {
    const { code, stderr } = await at.kindup(['init', '--yes'])
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('init edits no program') as string })
    await at.write('pressed/kindup.config.mjs', "import { writeFileSync } from 'node:fs'\nwriteFileSync('ran', '')\n")
    await at.kindup(['__complete', 'up', '--only', ''], {}, 'pressed')
    await expect(at.read('pressed/ran')).rejects.toThrow('ENOENT')
  })
})
