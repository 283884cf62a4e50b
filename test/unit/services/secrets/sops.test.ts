import { execFileSync } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeRun, type Run } from '../../../../core/run.ts'
import { decrypt, readSopsFile } from '../../../../services/secrets/sops.ts'
import { realTool } from '../../../support/real-tools.ts'
import { context } from '../../../support/steps.ts'
import { temporary } from '../../manifests/helm/helms.ts'

const sops = realTool('sops')
const keygen = realTool('age-keygen')

const plain = {
  'a.yaml': 'USER: me\nPIN: 9007199254740993\nON: true\nEMPTY: null\nTEXT: "12"\n',
  'a.json': '{ "JSON_KEY": "a \\"quoted\\" = value" }\n',
  'a.env': '# why\nDOT_KEY=with = and spaces\n',
  'secret.yaml':
    'apiVersion: v1\nkind: Secret\nmetadata: { name: x }\nstringData: { A: text }\ndata: { B: aGVsbG8= }\n',
}

/** A run that finds programs in that folder alone. */
const runWith = (folder: string, env: Readonly<Record<string, string>> = {}): Run => {
  const run = makeRun()
  return (program, args, options) => run(program, args, { ...options, env: { PATH: folder, ...env } })
}

describe.skipIf(sops === undefined || keygen === undefined)('files that the real sops encrypted', () => {
  it('tell their keys without a key, and their values with one', async () => {
    await using at = await temporary()
    const keys = join(at.folder, 'keys.txt')
    execFileSync(keygen ?? '', ['-o', keys], { stdio: 'ignore' })
    const recipient = /public key: (\S+)/.exec(await readFile(keys, 'utf8'))?.[1] ?? ''
    const run = runWith(join(sops ?? '', '..'), { SOPS_AGE_KEY_FILE: keys })
    const opened = async (name: keyof typeof plain, ...more: readonly string[]) => {
      const file = join(at.folder, name)
      await writeFile(file, plain[name])
      execFileSync(sops ?? '', ['--encrypt', '--in-place', '--age', recipient, ...more, file])
      const read = readSopsFile(file, await readFile(file, 'utf8'))
      expect(read.problems).toEqual([])
      const data = await decrypt(read, run, context())
      expect([...data.keys()].toSorted()).toEqual([...read.keys].toSorted())
      return Object.fromEntries([...data].map(([key, value]) => [key, value.toString()]))
    }
    expect(await opened('a.yaml')).toEqual({ USER: 'me', PIN: '9007199254740993', ON: 'true', EMPTY: '', TEXT: '12' })
    expect(await opened('a.json')).toEqual({ JSON_KEY: 'a "quoted" = value' })
    expect(await opened('a.env')).toEqual({ DOT_KEY: 'with = and spaces' })
    expect(await opened('secret.yaml', '--encrypted-regex', '^(data|stringData)$')).toEqual({ A: 'text', B: 'hello' })

    const file = join(at.folder, 'a.yaml')
    const encrypted = readSopsFile(file, await readFile(file, 'utf8'))
    const without = runWith(join(sops ?? '', '..'), { SOPS_AGE_KEY_FILE: '/nowhere' })
    await expect(decrypt(encrypted, without, context())).rejects.toMatchObject({
      code: 'sops-failed',
      message: expect.stringContaining(file),
      hints: [`Try it by hand: sops --decrypt ${file}`, expect.any(String)],
    })
  })
})

describe('a file that is to be decrypted', () => {
  const file = readSopsFile('/x/a.json', '{ "A": "ENC[…]", "sops": {} }')

  it('says that sops is not there, in one sentence', async () => {
    await expect(decrypt(file, runWith('/nowhere'), context())).rejects.toMatchObject({
      code: 'tool-missing',
      message: 'There is no program `sops` on the PATH, and /x/a.json is encrypted with it.',
      hints: [expect.stringContaining('Install it')],
    })
  })

  it('keeps to itself what sops had written when it failed', async () => {
    await using at = await temporary()
    await mkdir(join(at.folder, 'bin'))
    const program = join(at.folder, 'bin', 'sops')
    await writeFile(program, '#!/bin/sh\necho \'{ "A": "hunter22" }\'\nexit 1\n')
    await chmod(program, 0o755)
    const thrown: unknown = await decrypt(file, runWith(join(at.folder, 'bin')), context()).catch(
      (error: unknown) => error,
    )
    expect(thrown).toMatchObject({ code: 'sops-failed', message: 'sops could not decrypt /x/a.json.' })
    expect(
      Object.entries(thrown as object)
        .concat(Object.entries((thrown as Error).cause ?? {}))
        .join(),
    ).not.toContain('hunter22')
  })

  it('is refused when it is not encrypted, holds no map, or holds maps', () => {
    const problemsOf = (name: string, text: string) => readSopsFile(name, text).problems.map(({ message }) => message)
    expect(problemsOf('/x/a.yaml', 'A: hunter22\n')).toEqual(['This file is not encrypted with SOPS.'])
    expect(problemsOf('/x/a.env', 'A=hunter22\n')).toEqual(['This file is not encrypted with SOPS.'])
    expect(problemsOf('/x/a.yaml', '[1')).toEqual(['This file is no map of keys and encrypted values.'])
    expect(problemsOf('/x/a.yaml', 'db: { user: x }\nsops: {}\n')).toEqual([
      'db holds more keys: a Secret has one text for each key.',
    ])
  })
})
