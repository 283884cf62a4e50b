import { describe, expect, it } from 'vitest'
import { valuesFilesFor } from '../../../../scripts/init/charts.ts'

describe('the values files of a chart', () => {
  it.each([
    [
      'charts/web',
      ['charts/web/values-dev.yaml', 'charts/web/values-prod.yaml'],
      ['charts/web/values-{env}.yaml'],
      'dev prod',
    ],
    [
      'charts/web',
      ['charts/web/values/dev.yaml', 'charts/web/values/qa.yaml'],
      ['charts/web/values/{env}.yaml'],
      'dev qa',
    ],
    ['chart', ['values/web/dev.yaml', 'values/web/prod.yaml'], ['values/web/{env}.yaml'], 'dev prod'],
    ['chart', ['values.dev.yaml', 'values.prod.yaml'], ['values.{env}.yaml'], 'dev prod'],
    ['.', ['values-dev.yaml', 'values-prod.yaml'], ['values-{env}.yaml'], 'dev prod'],
    // One alone is how things are here, unless it is how they are elsewhere.
    ['chart', ['chart/values-local.yaml'], ['chart/values-local.yaml'], ''],
    ['chart', ['chart/values-prod.yaml'], [], ''],
    // Not every suffix is an environment, and what lies beside a chart is not always its own.
    ['chart', ['chart/values-ha.yaml', 'chart/values-arm.yaml'], [], ''],
    ['chart', ['dev.yaml', 'prod.yaml', 'web.txt'], [], ''],
    ['chart', ['chart/web.yaml'], ['chart/web.yaml'], ''],
  ])('in %s of %j are %j', (chart, paths, values, environments) => {
    expect(valuesFilesFor(chart, 'web', paths, false)).toEqual({
      values,
      environments: environments === '' ? [] : environments.split(' '),
    })
  })

  it('that several services share are those with their names', () => {
    const paths = ['chart/values-dev.yaml', 'chart/values-prod.yaml', 'values/web-dev.yaml', 'values/web-prod.yaml']
    expect(valuesFilesFor('chart', 'web', paths, true)).toEqual({
      values: ['values/{name}-{env}.yaml'],
      environments: ['dev', 'prod'],
    })
    expect(valuesFilesFor('chart', 'api', paths, true)).toEqual({ values: [], environments: [] })
  })
})
