import { chmod, readdir, stat } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { sandbox } from '../support/sandbox.ts'

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`

it('sets, checks and raises, by exit code and by bytes', async () => {
  await using at = await sandbox()
  const text = `# ours\r\nimages:\r\n- name: web # w\r\n  newTag: '1.2.2'`
  await at.write('kustomization.yaml', text)
  await chmod(at.path('kustomization.yaml'), 0o640)
  const file = ['--file', 'kustomization.yaml']

  const drift = await at.kindup(['image', 'check', ...file, 'web=1.2.3', `api@${digest}`])
  expect(drift).toEqual({
    code: 1,
    stdout: `kustomization.yaml:4:3 web: wanted 1.2.3, found 1.2.2\nkustomization.yaml:2:1 api: wanted ${digest}, found nothing\n`,
    stderr: '',
  })
  const told = await at.kindup(['image', 'check', '--json', ...file, 'web=1.2.3'])
  expect([told.code, JSON.parse(told.stdout)]).toEqual([
    1,
    {
      file: at.path('kustomization.yaml'),
      drift: [
        {
          name: 'web',
          wanted: '1.2.3',
          found: '1.2.2',
          at: { file: at.path('kustomization.yaml'), line: 4, column: 3 },
        },
      ],
    },
  ])
  expect(await at.read('kustomization.yaml')).toBe(text)

  expect(await at.kindup(['image', 'set', ...file, 'web=1.2.3', `api@${digest}`])).toEqual({
    code: 0,
    stdout: `web: 1.2.2 → 1.2.3\napi: nothing → ${digest}\n`,
    stderr: '',
  })
  const edited = `# ours\r\nimages:\r\n- name: web # w\r\n  newTag: '1.2.3'\r\n- name: api\r\n  digest: ${digest}`
  expect(await at.read('kustomization.yaml')).toBe(edited)
  const { mode, ino } = await stat(at.path('kustomization.yaml'))
  expect(mode & 0o777).toBe(0o640)

  const again = await at.kindup(['image', 'set', '--json', ...file, 'web=1.2.3'])
  expect([again.code, JSON.parse(again.stdout)]).toEqual([0, { file: at.path('kustomization.yaml'), changes: [] }])
  expect((await stat(at.path('kustomization.yaml'))).ino).toBe(ino)
  expect((await at.kindup(['image', 'check', ...file, 'web=1.2.3'])).code).toBe(0)

  await at.write('version.txt', '# ours\nMAJOR_VERSION=1\nMINOR_VERSION=2\nPATCH_VERSION=9\n')
  const raised = await at.kindup(['image', 'bump', '--file', 'version.txt'])
  expect(raised).toEqual({ code: 0, stdout: '1.2.10\n', stderr: '' })
  expect(await at.read('version.txt')).toBe('# ours\nMAJOR_VERSION=1\nMINOR_VERSION=2\nPATCH_VERSION=10\n')
  expect((await readdir(at.folder)).toSorted()).toEqual(
    [
      'home',
      'kustomization.yaml',
      'version.txt',
      ...(await readdir(at.folder)).filter((one) => one === 'cache'),
    ].toSorted(),
  )
})

it('changes nothing where one of the names is wrong, and says where', async () => {
  await using at = await sandbox()
  const text = 'image:\n  tag: a\n'
  await at.write('values.yaml', text)
  await at.write('broken.yaml', 'image:\n  tag: "a\n')
  const said = async (...words: readonly string[]): Promise<readonly [number | null, string]> => {
    const { code, stderr } = await at.kindup(['image', ...words])
    return [code, stderr]
  }
  expect(await said('set', '--file', 'values.yaml', 'image.tag=b', 'image.tga=c')).toEqual([
    2,
    expect.stringContaining('Did you mean image.tag?'),
  ])
  expect(await at.read('values.yaml')).toBe(text)
  expect(await said('set', '--file', 'broken.yaml', 'image.tag=b')).toEqual([
    2,
    expect.stringMatching(/broken\.yaml:\d+:\d+ /),
  ])
  expect(await said('check', '--file', 'gone.yaml', 'image.tag=b')).toEqual([
    2,
    expect.stringContaining('There is no file gone.yaml.'),
  ])
  expect(await said('check', '--file', 'home', 'image.tag=b')).toEqual([2, expect.stringContaining('This is a folder')])
  expect(await said('set', 'web=1')).toEqual([2, expect.stringContaining('--file')])
  expect(await said('bump', '--file', 'values.yaml')).toEqual([
    2,
    expect.stringContaining('no version of three numbers'),
  ])
  expect(await said('bump', '--file', 'values.yaml', 'huge')).toEqual([
    2,
    expect.stringContaining('major, minor or patch'),
  ])
  expect(await said()).toEqual([2, expect.any(String)])
})
