import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import process from 'node:process'
import * as fc from 'fast-check'
import { extract } from 'tar-stream'
import { describe, expect, it } from 'vitest'
import type { Artifact } from '../../../../gitops/artifact/pack.ts'
import { packTree } from '../../../../gitops/tree/pack-tree.ts'
import { treeFiles } from '../../../../gitops/tree/tree-files.ts'
import { tree } from '../../../support/tree.ts'

/** As in git-ignored.test.ts. 10,000 trees on 2026-11-27, seed 20261126: each the same bytes in any order (437 s at load 3 to 39). */
const numRuns = Number(process.env['KINDUP_PROPERTY_RUNS'] ?? 25)

type Read = {
  readonly name: string
  readonly mode: number | undefined
  readonly type: string
  readonly to: string
  readonly text: string
}

const contentOf = async ({ blobs }: Artifact): Promise<readonly Read[]> => {
  const read: Read[] = []
  const archive = extract()
  archive.end(gunzipSync(blobs[1]?.bytes ?? Buffer.alloc(0)))
  for await (const entry of archive) {
    let text = ''
    for await (const part of entry) text += String(part)
    const { name, mode, type, linkname, mtime } = entry.header
    expect(mtime?.getTime()).toBe(0)
    read.push({ name, mode, type: type ?? '', to: linkname ?? '', text })
  }
  return read
}

describe('a working tree as an artifact', () => {
  it('is the same for the same files, in whatever order and at whatever time they were written', () => {
    const name = fc.stringMatching(/^[a-zé ][a-z0-9.-]{0,60}$/).filter((one) => !/\.$|~$/.test(one))
    const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'))
    const content = fc.record({ text: fc.string(), isProgram: fc.boolean() })
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(path, content), { minLength: 1, maxLength: 8, selector: ([one]) => one }),
        fc.integer({ min: 1, max: 2_000_000_000 }),
        (files, time) => {
          const write = (folder: string, some: typeof files, at: number): void => {
            for (const [file, { text, isProgram }] of some) {
              mkdirSync(dirname(join(folder, file)), { recursive: true })
              writeFileSync(join(folder, file), text)
              chmodSync(join(folder, file), isProgram ? 0o750 : 0o600)
              utimesSync(join(folder, file), at, at)
            }
          }
          // A file where another one needs a folder is no tree.
          const possible = files.filter(([one]) => !files.some(([other]) => other.startsWith(`${one}/`)))
          using one = tree({})
          using other = tree({})
          write(one.folder, possible, time)
          write(other.folder, possible.toReversed(), time + 7)
          const digest = packTree({ root: one.folder }).artifact.digest
          expect(packTree({ root: other.folder }).artifact.digest).toBe(digest)
          const [changed = ''] = readdirSync(other.folder)
          writeFileSync(join(other.folder, `${changed} and another`), '')
          expect(packTree({ root: other.folder }).artifact.digest).not.toBe(digest)
        },
      ),
      { numRuns },
    )
  })

  it('has what git does not ignore, with executable bits, links and long names, and nothing of git’s own or of editors', async () => {
    const long = `${'deep/'.repeat(30)}end.yaml`
    using at = tree({
      '.git/config': '',
      '.gitignore': '*.log\n!kept.log\n/out/\n',
      'a.yaml': 'a: 1\n',
      'run.sh': '#!/bin/sh\n',
      'x.log': '',
      'kept.log': '',
      'out/b': '',
      'sub/.gitignore': 'c\n',
      'sub/c': '',
      'sub/.d.swp': '',
      [long]: 'long',
      'secrets.env': 'PASSWORD=x',
    })
    chmodSync(join(at.folder, 'run.sh'), 0o755)
    symlinkSync('../a.yaml', join(at.folder, 'sub', 'link'))
    const { artifact, warnings } = packTree({ root: at.folder, withheld: [join(at.folder, 'secrets.env')] })
    expect(await contentOf(artifact)).toEqual([
      { name: '.gitignore', mode: 0o644, type: 'file', to: '', text: '*.log\n!kept.log\n/out/\n' },
      { name: 'a.yaml', mode: 0o644, type: 'file', to: '', text: 'a: 1\n' },
      { name: long, mode: 0o644, type: 'file', to: '', text: 'long' },
      { name: 'kept.log', mode: 0o644, type: 'file', to: '', text: '' },
      { name: 'run.sh', mode: 0o755, type: 'file', to: '', text: '#!/bin/sh\n' },
      { name: 'sub/.gitignore', mode: 0o644, type: 'file', to: '', text: 'c\n' },
      { name: 'sub/link', mode: 0o777, type: 'symlink', to: '../a.yaml', text: '' },
    ])
    expect(warnings).toEqual([])
  })

  it('has one folder of it alone where that is asked for, by its path from the root', () => {
    using at = tree({ 'a/b/c.yaml': '', 'a/bc.yaml': '', 'd.yaml': '' })
    expect(treeFiles({ root: at.folder, only: join(at.folder, 'a/b') })).toEqual(['a/b/c.yaml'])
  })

  it('is refused with a link that leads out of it, which is named', () => {
    using at = tree({ 'sub/a': '' })
    symlinkSync('../../elsewhere', join(at.folder, 'sub', 'out'))
    expect(() => packTree({ root: at.folder })).toThrow(
      `The link ${join(at.folder, 'sub', 'out')} leads out of the working tree, to ../../elsewhere.`,
    )
  })

  it('has each file whole, as it is when its turn comes, where the tree changes meanwhile', async () => {
    using at = tree({ 'a.yaml': 'a: 1\n', 'b.yaml': 'b: 1\n', 'c.yaml': 'c: 1\n' })
    const { artifact } = packTree({ root: at.folder }, (path, bytes) => {
      if (path === 'a.yaml') {
        rmSync(join(at.folder, 'b.yaml'))
        writeFileSync(join(at.folder, 'c.yaml'), 'c: longer than before\n')
        writeFileSync(join(at.folder, 'd.yaml'), 'd: 1\n')
      }
      return bytes
    })
    expect((await contentOf(artifact)).map(({ name, text }) => [name, text])).toEqual([
      ['a.yaml', 'a: 1\n'],
      ['c.yaml', 'c: longer than before\n'],
    ])
  })

  it('says that it is large, and what makes it so', () => {
    using at = tree({ 'small.yaml': '', 'media/film.mp4': 'x'.repeat(300_000) })
    expect(packTree({ root: at.folder }, undefined, 200_000).warnings).toEqual([
      expect.stringMatching(/^The working tree is 0\.3 MB, .*: media\/film\.mp4 \(0\.3 MB\)\. A line/),
    ])
  })
})
