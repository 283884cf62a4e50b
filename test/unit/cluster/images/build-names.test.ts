import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { buildProblems } from '../../../../cluster/images/build-names.ts'
import type { BuildConfig } from '../../../../config/config.ts'
import { madeConfig, madeImage } from '../../../support/made-config.ts'
import { ownFolder } from '../../../support/own-folder.ts'

const dockerfile = `ARG BASE=alpine
FROM $BASE AS base
ARG VERSION USER=app
FROM base AS Dev
RUN --mount=type=secret,id=npmrc --mount=type=ssh true
`
const said = async (build: Partial<BuildConfig>, text = dockerfile): Promise<readonly string[]> => {
  const context = await ownFolder()
  const file = join(context, 'Dockerfile')
  await writeFile(file, text)
  const problems = await buildProblems(
    madeConfig({ images: [madeImage('web', { build: { context, file, args: {}, ...build } })] }),
  )
  return problems.map(({ severity, message, hint, at }) =>
    `${severity} ${at?.file}: ${message.replace(context, '.')} ${hint ?? ''}`.trim(),
  )
}

it('names a stage that the Dockerfile does not have', async () => {
  expect(await said({ target: 'bse' })).toEqual([
    'error images.web.build.target: There is no stage bse in ./Dockerfile. Did you mean base?',
  ])
  for (const target of ['base', 'dev', 'DEV', '0', '1']) expect(await said({ target })).toEqual([])
  expect(await said({ target: '2' })).toHaveLength(1)
})

it('names arguments that no ARG takes', async () => {
  expect(
    await said({ args: { BASE: 'a', VERSION: '1', USER: 'x', VERSOIN: '2', HTTP_PROXY: 'p', TARGETARCH: 'arm64' } }),
  ).toEqual([
    'warning images.web.build.args.VERSOIN: ./Dockerfile has no ARG VERSOIN, so that the build ignores it. Did you mean VERSION?',
  ])
})

it('names secrets and keys that no RUN mounts', async () => {
  const secrets = ['npmrc', 'token'].map((id) => ({ id, file: '/x' }))
  expect(await said({ secrets, ssh: true })).toEqual([
    'warning images.web.build.secrets.token: No RUN of ./Dockerfile mounts the secret token, so that nothing reads it.',
  ])
  expect(await said({ ssh: true }, 'FROM alpine\n')).toEqual([
    'warning images.web.build.ssh: No RUN of ./Dockerfile has --mount=type=ssh, so that nothing uses the keys.',
  ])
})

it('leaves to another frontend what it reads in its own way', async () => {
  expect(await said({ target: 'x' }, `# syntax=example.io/other:1\n${dockerfile}`)).toEqual([])
  expect(await said({ target: 'x' }, `#hello\n# syntax=docker/dockerfile:1.7\n${dockerfile}`)).toHaveLength(1)
})
