import { expect, test } from 'vitest'
import { dotenvOf } from '../../../../app/ci/dotenv.ts'

test('has what later jobs find the cluster by, a line each', () => {
  const { text } = dotenvOf({
    cluster: { name: 'shop', context: 'kind-shop', kubeconfig: '/home/me/my files/config' },
    endpoints: [
      { name: 'web@dev', url: 'http://web.localhost/?a=1&b=2' },
      { name: 'argocd', url: 'http://argo\ncd.localhost' },
    ],
    seconds: 41.8,
  })
  expect(text.split('\n')).toEqual([
    'KINDUP_NAME=shop',
    'KINDUP_CONTEXT=kind-shop',
    'KINDUP_KUBECONFIG=/home/me/my files/config',
    'KINDUP_ENDPOINTS=web@dev=http://web.localhost/?a=1&b=2,argocd=http://argo cd.localhost',
    'KINDUP_SECONDS=41.8',
    '',
  ])
})

test('is no larger than GitLab takes: the last endpoints give way', () => {
  const endpoints = Array.from({ length: 300 }, (_one, index) => ({
    name: `w${index}`,
    url: `http://w${index}.localhost`,
  }))
  const { text, leftOut } = dotenvOf({
    cluster: { name: 'x', context: 'kind-x', kubeconfig: '/k' },
    endpoints,
    seconds: 1,
  })
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(5120)
  expect(text).toContain('KINDUP_ENDPOINTS=w0=http://w0.localhost,w1=')
  expect(text).toContain('KINDUP_SECONDS=1')
  expect(text.match(/w\d+=/g)?.length).toBe(300 - leftOut)
})
