import { expect, it } from 'vitest'
import { buildSecretTexts } from '../../../../cluster/images/build-secrets.ts'
import { tree } from '../../../support/tree.ts'

it('knows what a build must not print of its secrets', async () => {
  using at = tree({ npmrc: '# my registry\n//registry.test/:_authToken=hunter22hunter22\nshort=1\n' })
  const build = {
    context: '/w',
    file: '/w/Dockerfile',
    args: {},
    secrets: [
      { id: 'npmrc', file: `${at.folder}/npmrc` },
      { id: 'gone', file: `${at.folder}/gone` },
      { id: 'token', env: 'NPM_TOKEN' },
      { id: 'unset', env: 'UNSET' },
    ],
  }
  expect(await buildSecretTexts(build, { NPM_TOKEN: 's3cr3t' })).toEqual([
    '//registry.test/:_authToken=hunter22hunter22',
    'hunter22hunter22',
    's3cr3t',
  ])
})
