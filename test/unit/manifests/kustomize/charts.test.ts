import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { chartPlace, chartsIn, farChart } from '../../../../manifests/kustomize/charts.ts'
import { tree } from '../../../support/tree.ts'

// As kubectl 1.32.4 (kustomize 5.5.0) said them with helm 3.21.4 on a machine without a network, in one line each.
const ofRepository = `Error: looks like "https://charts.test/" is not a valid chart repository or cannot be reached: Get "https://charts.test/index.yaml": dial tcp: lookup charts.test on 10.0.0.53:53: no such host : unable to run: '/bin/helm pull --untar --untardir /home/me/shop/charts/web-0.37.0 --repo https://charts.test/ web --version 0.37.0' with env=[HELM_CONFIG_HOME=/tmp/x/helm] (is '/bin/helm' installed?): exit status 1`
const ofRegistry = `Error: failed to perform "FetchReference" on source: Get "https://quay.io/v2/foo/bar/hh/manifests/0.37.0": dial tcp: lookup quay.io on 10.0.0.53:53: no such host : unable to run: '/bin/helm pull --untar --untardir /home/me/shop/charts/hh-0.37.0 oci://quay.io/foo/bar/hh --version 0.37.0' with env=[] (is '/bin/helm' installed?): exit status 1`

describe('a chart that kustomize did not get', () => {
  it('is told with what helm said, and with what asks for the same', () => {
    expect(farChart(ofRepository)).toEqual({
      name: 'web',
      why: 'looks like "https://charts.test/" is not a valid chart repository or cannot be reached: Get "https://charts.test/index.yaml": dial tcp: lookup charts.test on 10.0.0.53:53: no such host.',
      command: 'helm pull --repo https://charts.test/ web --version 0.37.0',
    })
    expect(farChart(ofRegistry)).toMatchObject({
      name: 'oci://quay.io/foo/bar/hh',
      command: 'helm pull oci://quay.io/foo/bar/hh --version 0.37.0',
    })
  })

  it('is none where something else went wrong', () => {
    expect(
      farChart("evalsymlink failure on '/charts/app/values.yaml' : lstat: no such file or directory"),
    ).toBeUndefined()
  })
})

it('the charts of a kustomization are those of its bases, too, and are far until they are beside it', () => {
  using at = tree({
    'top/kustomization.yaml': 'resources: [../base]\n',
    'base/kustomization.yaml':
      'namespace: a\nhelmCharts:\n  - { name: app }\n  - name: web\n    repo: https://charts.test\n    version: 1.0.0\n  - { name: far, repo: https://charts.test }\n',
    'base/charts/app/Chart.yaml': 'name: app\n',
    'base/charts/web-1.0.0/web/Chart.yaml': 'name: web\n',
    'plain/kustomization.yaml': 'resources: []\n',
    'broken/kustomization.yaml': 'helmCharts: [\n',
  })
  const place = (name?: string) => chartPlace(join(at.folder, 'top'), name)
  expect(chartsIn(join(at.folder, 'top'))).toEqual([
    { name: 'app', isFar: false },
    { name: 'web', isFar: false },
    { name: 'far', isFar: true },
  ])
  expect(chartsIn(join(at.folder, 'plain'))).toEqual([])
  expect(chartsIn(join(at.folder, 'broken'))).toEqual([])
  const file = join(at.folder, 'base/kustomization.yaml')
  expect(place()).toEqual({ file, line: 2, column: 1 })
  expect(place('web')).toMatchObject({ file, line: 4 })
  expect(chartPlace(join(at.folder, 'plain'))).toBeUndefined()
})
