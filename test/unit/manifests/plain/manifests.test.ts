import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readManifests } from '../../../../manifests/plain/manifests.ts'
import { fixtures, temporary } from '../helm/helms.ts'

/** No cache: nothing is fetched here. */
const none = ''

describe('readManifests', () => {
  it('reads files and folders, sorted and all the way down, and nothing that is no manifest', async () => {
    const { documents, problems } = await readManifests(
      [join(fixtures, 'plain'), join(fixtures, 'overlay', 'base', 'objects.yaml')],
      none,
    )
    expect(problems).toEqual([])
    expect(documents.map(({ object, at }) => [object.metadata.name, at.file.slice(fixtures.length), at.line])).toEqual([
      ['two', '/plain/a.json', 1],
      ['one', '/plain/b.yaml', 1],
      ['three', '/plain/more/c.yml', 1],
      ['settings', '/overlay/base/objects.yaml', 1],
      ['web', '/overlay/base/objects.yaml', 8],
    ])
  })

  it('says that a kustomization is none, and that a folder holds nothing', async () => {
    await using made = await temporary()
    await mkdir(join(made.folder, 'empty'))
    await writeFile(join(made.folder, 'kustomization.yaml'), 'resources: []\n')
    const { problems } = await readManifests([made.folder], none)
    expect(problems).toEqual([
      expect.objectContaining({ severity: 'warning', at: { file: join(made.folder, 'kustomization.yaml') } }),
    ])
    const empty = await readManifests([join(made.folder, 'empty')], none)
    expect(empty.problems).toEqual([expect.objectContaining({ severity: 'error' })])
  })

  it('reads what a pattern matches, and each file once', async () => {
    await using made = await temporary()
    for (const path of ['a/b/one.yaml', 'a/two.yml', 'a/.hidden/no.yaml', 'a/notes.txt', 'a/[x].yaml']) {
      await mkdir(join(made.folder, path, '..'), { recursive: true })
      const name = path.replaceAll(/\W+/g, '-').replaceAll(/^-|-$/g, '')
      await writeFile(join(made.folder, path), `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\n`)
    }
    const names = async (...paths: readonly string[]) =>
      (
        await readManifests(
          paths.map((path) => join(made.folder, path)),
          none,
        )
      ).documents.map(({ object }) => object.metadata.name)
    expect(await names('a/**/*.{yaml,yml}')).toEqual(['a-x-yaml', 'a-b-one-yaml', 'a-two-yml'])
    expect(await names('a/*')).toEqual(['a-x-yaml', 'a-two-yml'])
    expect(await names('a/two.yml', 'a', 'a/two.yml')).toEqual(['a-two-yml', 'a-x-yaml', 'a-b-one-yaml'])
    // A file whose name looks like a pattern is that file.
    expect(await names('a/[x].yaml')).toEqual(['a-x-yaml'])
  })

  it('follows links as kubectl does, not in circles, and says which lead nowhere', async () => {
    await using made = await temporary()
    await mkdir(join(made.folder, 'k8s'))
    await mkdir(join(made.folder, 'shared'))
    await writeFile(
      join(made.folder, 'shared', 'one.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\n',
    )
    await symlink('../shared', join(made.folder, 'k8s', 'shared'))
    await symlink('..', join(made.folder, 'shared', 'round'))
    await symlink('gone.yaml', join(made.folder, 'k8s', 'link.yaml'))
    const { documents, problems } = await readManifests([join(made.folder, 'k8s')], none)
    expect(new Set(documents.map(({ object }) => object.metadata.name))).toEqual(new Set(['one']))
    expect(problems).toContainEqual(
      expect.objectContaining({ severity: 'error', at: { file: join(made.folder, 'k8s', 'link.yaml') } }),
    )
  })

  it('reads UTF-16 with a byte order mark as kubectl does, and says where a file is no text', async () => {
    await using made = await temporary()
    const text = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: one }\ndata: { a: "ü" }\n'
    const little = Buffer.from(`\uFEFF${text.replaceAll('\n', '\r\n')}`, 'utf16le')
    await writeFile(join(made.folder, 'a.yaml'), little)
    await writeFile(join(made.folder, 'b.yaml'), Buffer.from(little).swap16())
    await writeFile(join(made.folder, 'c.yaml'), Buffer.from(text, 'latin1'))
    const { documents, problems } = await readManifests([made.folder], none)
    expect(documents.map(({ object }) => object['data'])).toEqual([{ a: 'ü' }, { a: 'ü' }])
    expect(problems).toEqual([
      expect.objectContaining({
        severity: 'error',
        message: 'This is not UTF-8 text.',
        at: { file: join(made.folder, 'c.yaml'), line: 4, column: 13 },
      }),
    ])
  })
})
