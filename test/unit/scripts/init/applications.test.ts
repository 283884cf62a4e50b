import { expect, it } from 'vitest'
import { servicesOf } from '../../../../scripts/init/applications.ts'

const application = (env: string, name: string, release?: string) => ({
  file: `${env}.yaml`,
  name,
  namespace: env,
  chart: 'chart',
  values: [`app/${env}/values.yaml`],
  release,
})

it.each([
  [
    'shortens its environments',
    ['dev-web', 'prod-web'],
    { text: '{short}-{name}', shorts: { developer: 'dev', production: 'prod' } },
  ],
  ['names them whole', ['web-developer', 'web-production'], { text: '{name}-{env}' }],
  ['is called alike in both', ['web', 'web'], undefined],
  ['is called in no way that a pattern says', ['shop-dev-web', 'web'], undefined],
])('takes the release of Applications: one that %s', (_name, [dev = '', prod = ''], release) => {
  const [service, ...more] = servicesOf(
    [application('developer', 'dev-web', dev), application('production', 'prod-web', prod)],
    'chart',
  )
  expect([service?.name, service?.release, more]).toEqual(['web', release, []])
  expect(service?.environments).toEqual([
    { name: 'developer', namespace: 'developer' },
    { name: 'production', namespace: 'production' },
  ])
})
