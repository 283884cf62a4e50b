import { join } from 'node:path'
import { expect, it } from 'vitest'
import { argocdBuildOptions } from '../../../services/build-options.ts'
import { madeConfig, madeSection } from '../../support/made-config.ts'
import { tree } from '../../support/tree.ts'

const key = String.raw`configs.cm.kustomize\.buildOptions`
const inFile = (options: string): string => `configs: { cm: { kustomize.buildOptions: "${options}" } }\n`

it('kustomizations of Applications may do what the Argo CD of the file is told to allow, by the last that says it', () => {
  using at = tree({
    'a.yaml': inFile('--enable-helm'),
    'b.yaml': inFile(''),
    'c.yaml': 'configs: {}\n',
    'broken.yaml': 'a: [',
  })
  const options = (values: readonly string[], set: Readonly<Record<string, string>> = {}) =>
    argocdBuildOptions(
      madeConfig({ addons: [madeSection('argocd', { values: values.map((one) => join(at.folder, one)), set })] }),
    )
  expect(options(['a.yaml'])).toEqual({ helm: true })
  expect(options(['a.yaml', 'c.yaml', 'broken.yaml', 'gone.yaml'])).toEqual({ helm: true })
  expect(options(['a.yaml', 'b.yaml'])).toEqual({})
  expect(options(['b.yaml'], { [key]: '--enable-helm --load-restrictor LoadRestrictionsNone' })).toEqual({
    helm: true,
    loadRestrictor: 'none',
  })
  expect(options(['a.yaml'], { [key]: '--enable-helmet' })).toEqual({})
  expect(argocdBuildOptions(madeConfig())).toEqual({})
})

it('files outside their folders they may read where the file itself says so, not a values file', () => {
  using at = tree({ 'a.yaml': inFile('--load-restrictor=LoadRestrictionsNone') })
  const values = [join(at.folder, 'a.yaml')]
  expect(argocdBuildOptions(madeConfig({ addons: [madeSection('argocd', { values })] }))).toEqual({})
})
