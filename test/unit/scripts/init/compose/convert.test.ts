import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { parse } from 'yaml'
import { convert } from '../../../../../scripts/init/compose/convert.ts'
import { scanFolder } from '../../../../../scripts/init/scan.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kindup-compose-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const converted = (services: string) => convertAll({ services: parse(services) })

const convertAll = (data: Readonly<Record<string, unknown>>) =>
  convert({ file: 'compose.yaml', folder, project: 'shop', data, builds: new Map() })

it.each([
  ['{ a: { image: x, depends_on: [a] } }', [['a', []]]],
  [
    '{ a: { image: x, depends_on: [b] }, b: { image: x, links: ["a:other"] } }',
    [
      ['a', ['b']],
      ['b', []],
    ],
  ],
])('of the services %s none needs itself', (services, needs) => {
  const { services: drafts, files } = converted(services)
  expect(drafts.map((draft) => [draft.name, draft.needs])).toEqual(needs)
  expect(files.map(({ text }) => text).join('')).toContain('starts after a: these need each other')
})

it('keeps the names that can stay, wherever they stand in the file', () => {
  expect(converted('{ DB_1: { image: x }, db-1: { image: y } }').services.map(({ name }) => name)).toEqual([
    'db-1-2',
    'db-1',
  ])
})

it('mounts files of one name from the folders that they are in, and a path once', () => {
  for (const name of ['a', 'b']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'my.cnf'), name)
  }
  const volumes =
    '["./a/my.cnf:/etc/a.cnf", "./b/my.cnf:/etc/b.cnf", "data:/x", "./data:/data", "old:/y", "new:/y"], tmpfs: /y/z'
  const { secrets, files } = converted(`{ db: { image: x, volumes: ${volumes} } }`)
  expect(secrets).toEqual([
    { name: 'db-my-cnf', files: { 'my.cnf': './a/my.cnf' } },
    { name: 'db-my-cnf-2', files: { 'my.cnf': './b/my.cnf' } },
  ])
  const names = [...(files[0]?.text ?? '').matchAll(/- name: (.*)\n {14}mountPath: (.*)/g)].map(
    ([, name, path]) => `${name} ${path}`,
  )
  expect(names).toEqual([
    'my-cnf /etc/a.cnf',
    'my-cnf-2 /etc/b.cnf',
    'data /x',
    'data-2 /data',
    'new /y',
    'tmpfs-0 /y/z',
  ])
})

it('leaves out what has no image of its own, and says why', () => {
  expect(converted('{ a: { image: "${NOPE_X}" }, b: { extends: { service: a } } }').notes).toEqual([
    'a of ./compose.yaml is left out: nothing sets the variables of its image, ${NOPE_X}.',
    'b of ./compose.yaml is left out: it extends another, which is not here.',
  ])
})

it('grants two secrets that are files of one name', () => {
  for (const name of ['a', 'b']) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'token'), name)
  }
  const { secrets } = convertAll({
    services: { web: { image: 'x', secrets: ['one', 'two'] } },
    secrets: { one: { file: './a/token' }, two: { file: './b/token' } },
  })
  expect(secrets).toEqual([{ name: 'web-secrets', files: { one: './a/token', two: './b/token' } }])
})

it('says once for all services of a profile that it is off', () => {
  expect(
    converted(
      '{ web: { image: x }, a: { image: x, profiles: [more] }, b: { image: x, profiles: [more] }, c: { image: x, profiles: [other] } }',
    ).notes,
  ).toEqual([
    'a and b of ./compose.yaml are left out: they belong to the profile more, which is not on.',
    'c of ./compose.yaml is left out: it belongs to the profile other, which is not on.',
  ])
})

it('builds once what several services are built from, and runs it by one name', () => {
  mkdirSync(join(folder, 'web'))
  writeFileSync(join(folder, 'web/Dockerfile'), 'FROM scratch\n')
  writeFileSync(
    join(folder, 'compose.yaml'),
    'services: { api: { build: ./web }, worker: { build: ./web }, other: { build: { context: ./web, args: { A: b } } } }\n',
  )
  const { services: drafts = [], files = [] } = scanFolder(folder, 'shop').compose?.converted ?? {}
  expect(drafts.map((draft) => [draft.name, draft.image?.name])).toEqual([
    ['api', 'shop-api'],
    ['worker', undefined],
    ['other', 'shop-other'],
  ])
  expect(files.map(({ text }) => /image: (\S+)/.exec(text)?.[1])).toEqual(['shop-api', 'shop-api', 'shop-other'])
})
