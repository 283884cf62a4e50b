import { expect, it } from 'vitest'
import { oldToolProblems } from '../../../../cluster/tools/old.ts'
import { oldest } from '../../../../cluster/tools/versions.ts'
import { madeConfig } from '../../../support/made-config.ts'

const said = (tools: Partial<Record<'kind' | 'kubectl' | 'helm', string>>) =>
  oldToolProblems(madeConfig({ tools: { kind: 'auto', kubectl: 'path', helm: 'download', ...tools } })).map(
    ({ at, message }) => `${at?.file}: ${message}`,
  )

it('refuses exact versions that are too old, and no others', () => {
  expect(said({})).toEqual([])
  expect(said({ ...oldest, helm: `v${oldest.helm}`, kind: '99.0.0' })).toEqual([])
  expect(said({ kind: '0.23.0', helm: 'v2.17.0' })).toEqual([
    `tools.kind: tools.kind is 0.23.0, and ${oldest.kind} is the oldest that works here.`,
    `tools.helm: tools.helm is v2.17.0, and ${oldest.helm} is the oldest that works here.`,
  ])
})
