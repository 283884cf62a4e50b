import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { beforeEach, expect, it } from 'vitest'
import type { App } from '../../../app/app.ts'
import { makeElsewhere } from '../../../app/elsewhere.ts'
import { fetchIncluded } from '../../../app/remote/fetch-included.ts'
import { fetchCommit } from '../../../app/remote/fetch-remote.ts'
import { trustIncluded } from '../../../app/remote/trust-included.ts'
import { composed } from '../../../config/composed.ts'
import type { Remotes } from '../../../config/remote/included.ts'
import type { Fetched } from '../../../config/source/fetched.ts'
import { EnvironmentError } from '../../../core/errors.ts'
import type { Run } from '../../../core/run.ts'
import { ownFolder } from '../../support/own-folder.ts'

let home: string
beforeEach(async () => {
  home = await ownFolder()
})
const one = 'a'.repeat(40)
const two = 'b'.repeat(40)

/** A git whose branch is at `commit`, or which does not answer. */
const gitAt = (commit: string | undefined, ran: string[] = []): Run =>
  (async (_program: string, args: readonly string[]) => {
    const work = args.find((arg) => arg.startsWith('--work-tree='))?.slice('--work-tree='.length)
    const command = args.find((arg) => /^(?:init|ls-remote|fetch|ls-tree|checkout)$/.test(arg)) ?? ''
    ran.push(command)
    if (commit === undefined && /ls-remote|fetch/.test(command))
      throw new EnvironmentError('command-timeout', 'no answer')
    if (command === 'checkout' && work !== undefined) await writeFile(join(work, 'base.yaml'), `# ${args.at(-3)}\n`)
    return { stdout: command === 'ls-remote' ? `${commit}\trefs/heads/main\n` : '' }
  }) as unknown as Run

it('keeps each commit beside the others, and asks no remote for one that is there', async () => {
  const cache = home
  const address = { url: 'https://git.test/base', path: 'base.yaml', ref: 'main' }
  const first = await fetchCommit(address, cache, gitAt(one))
  const second = await fetchCommit(address, cache, gitAt(two))
  expect([first.commit, second.commit]).toEqual([one, two])
  expect(second.folder).not.toBe(first.folder)
  expect(await fetchCommit(address, cache, gitAt(undefined))).toEqual({ ...second, isKept: true })
  const ran: string[] = []
  const pinned = await fetchCommit({ ...address, ref: one }, cache, gitAt(undefined, ran))
  expect(pinned).toMatchObject({ commit: one, folder: first.folder, isKept: false })
  expect(ran).toEqual([])
  await expect(fetchCommit({ ...address, ref: 'other' }, cache, gitAt(undefined))).rejects.toMatchObject({
    code: 'remote',
  })
})

let said: string[]
const appOf = (more: Partial<App['elsewhere']> = {}): App =>
  ({
    env: { KINDUP_CACHE: join(home, 'cache'), KINDUP_STATE: join(home, 'state') },
    signal: new AbortController().signal,
    elsewhere: Object.assign(makeElsewhere(), { commits: new Set([one]) }, more),
    terminal: () => ({
      err: (line: string) => said.push(line),
      colour: { cyan: String, yellow: String },
      interactive: false,
    }),
  }) as unknown as App
beforeEach(() => {
  said = []
})

/** What is asked of a file that includes these. */
const trust = async (app: App, base: string, own = 'name: a\n', ref: string | undefined = one): Promise<void> => {
  const far = join(home, 'far')
  for (const [path, text] of [
    ['far/base.yaml', base],
    ['here/kindup.yaml', `include: [github.com/org/base//base.yaml]\n${own}`],
  ] as const) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), text)
  }
  const fetched = (address: Fetched['address']): Fetched => ({
    address: { ...address, ref },
    commit: one,
    folder: far,
    file: join(far, 'base.yaml'),
    isKept: false,
  })
  const remotes: Remotes = {
    fetch: (address) => Promise.resolve(fetched(address)),
    trust: (whole) => trustIncluded(app, whole),
  }
  await composed({ cwd: join(home, 'here'), env: {}, remotes })
}

const hook = 'services: { web: { hooks: { before: [{ name: x, run: [./x.sh] }] } } }\n'

it('trusts what a commit could run once it is named, and what the file here takes away is not asked about', async () => {
  await expect(trust(appOf(), hook)).rejects.toMatchObject({
    code: 'not-trusted',
    hints: [`Look at it, then: --trust ${one}`, expect.anything()],
  })
  await expect(trust(appOf({ trust: [two] }), hook)).rejects.toMatchObject({ code: 'flags' })
  await trust(appOf({ command: 'plan' }), hook)
  expect(said.at(-1)).toContain('runs ./x.sh here before web is deployed')
  await trust(appOf(), hook, 'name: a\nservices: { web: { hooks: null } }\n')
  await trust(appOf({ trust: [one] }), hook)
  said = []
  await trust(appOf(), hook)
  expect(said).toEqual([])
  await trust(appOf(), hook, 'name: a\n', 'main')
  expect(said).toEqual([`i https://github.com/org/base at ${one}`])
})

it('has placeholders of its own that lead elsewhere in paths of the file here be seen, and refuses paths out of its repository', async () => {
  await expect(trust(appOf(), 'environments: { dev: { vars: { where: ../../.ssh, short: d } } }\n')).rejects.toThrow(
    'has {where} lead elsewhere in paths of dev: ../../.ssh',
  )
  await expect(trust(appOf(), 'crds: [../outer]\n')).rejects.toMatchObject({
    problems: [{ message: 'crds.0: ../outer is not in the repository.', at: { line: 1, column: 8 } }],
  })
})

it('reads no repository of this machine for a file from elsewhere', async () => {
  const app = appOf()
  const address = { url: 'file:///srv/secret.git', path: '', ref: undefined }
  const from = join(home, 'cache/remote/x/files/kindup.yaml')
  expect(await fetchIncluded(app, address, from)).toMatchObject({
    message: expect.stringContaining('is on this machine') as string,
  })
})
