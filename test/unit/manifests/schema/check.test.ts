import { describe, expect, it } from 'vitest'
import { planned, said } from './planned.ts'

const pod = (more: string) => `apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec:\n${more}`
const container = (more: string) => pod(`  containers:\n  - name: c\n    image: a\n${more}`)
const service = (more: string) => `apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec:\n${more}`

describe('what the API would refuse', () => {
  it.each([
    [
      'a number where text belongs',
      container('    env:\n    - { name: A, value: 5 }\n'),
      '9 error Pod web: spec.containers[0].env[0].value is the number 5 where a text belongs. → Put it in quotes: "5".',
    ],
    [
      'an image that is not written',
      pod('  containers:\n  - name: c\n    image:\n'),
      '7 error Pod web: spec.containers[0].image is missing.',
    ],
    ['no container', pod('  containers: []\n'), '5 error Pod web: spec.containers is missing.'],
    [
      'a map where a list belongs',
      pod('  containers: { a: b }\n'),
      '5 error Pod web: spec.containers is a map where a list belongs.',
    ],
    [
      'a text where a number belongs',
      service('  ports:\n  - port: "80"\n'),
      '6 error Service web: spec.ports[0].port is the text "80" where a whole number belongs. → Write 80 without quotes.',
    ],
    [
      'a field of another name',
      container('    port:\n    - containerPort: 80\n'),
      '8 error Pod web: spec.containers[0].port is a field that Kubernetes does not know there. → Did you mean `ports`?',
    ],
    [
      'a field that is indented too much',
      container('    volumes:\n    - { name: a, emptyDir: {} }\n'),
      '8 error Pod web: spec.containers[0].volumes is a field that Kubernetes does not know there. → It belongs into `spec`: indent it less.',
    ],
    [
      'a field that is indented too little',
      container('    containerPort: 80\n'),
      '8 error Pod web: spec.containers[0].containerPort is a field that Kubernetes does not know there. → It belongs into `spec.containers[0].ports`.',
    ],
    [
      'a quantity of no unit',
      container('    resources: { limits: { memory: 512MB } }\n'),
      '8 error Pod web: spec.containers[0].resources.limits.memory is the text "512MB", which is no quantity. → Write 512M.',
    ],
    [
      'a variable that stands twice',
      container('    env:\n    - { name: A, value: b }\n    - { name: A, value: c }\n'),
      '10 error Pod web: spec.containers[0].env has name A twice (items 0 and 1), which server-side apply refuses. → Leave one of them out.',
    ],
    [
      'a port that stands twice under two names',
      container(
        '    ports:\n    - { name: a, containerPort: 93 }\n    - { name: b, containerPort: 93, protocol: TCP }\n',
      ),
      '10 error Pod web: spec.containers[0].ports has containerPort 93, protocol TCP twice (items 0 and 1), which server-side apply refuses. → Leave one of them out.',
    ],
    [
      'data that is no base64',
      'apiVersion: v1\nkind: Secret\nmetadata: { name: web }\ndata:\n  a: not base64\n',
      '5 error Secret web: data.a is no base64. → A Secret takes plain text under `stringData`, or: printf %s TEXT | base64',
    ],
    [
      'a kind in a version that is not served',
      'apiVersion: apps/v2\nkind: Deployment\nmetadata: { name: web }\n',
      '1 error Deployment web: Kubernetes 1.36 serves no Deployment in apps/v2. → Write `apiVersion: apps/v1`.',
    ],
    [
      'a kind in the wrong group',
      'apiVersion: v1\nkind: Deployment\nmetadata: { name: web }\n',
      '1 error Kubernetes has no Deployment in v1 (web). → Write `apiVersion: apps/v1`.',
    ],
  ])('is named with its line: %s', async (_what, text, words) => {
    expect(await said(text)).toEqual([words])
  })

  it('is not null where the API takes that for nothing', async () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web, labels: , annotations: }\ndata:\nbinaryData:\n'
    expect(await planned(text)).toEqual([])
  })

  it('is not what documents call required and the API fills in', async () => {
    const binding = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata: { name: web }\n'
    expect(await planned(`${binding}roleRef: { kind: ClusterRole, name: view }\n`)).toEqual([])
  })
})

describe('the minor of the cluster', () => {
  const group = pod('  schedulingGroup: { podGroupName: a }\n  containers:\n  - { name: c, image: a }\n')
  it('has its own fields', async () => {
    expect(await said(group, { kubernetes: '1.37.0' })).toEqual([])
    expect(await said(group, { kubernetes: '1.35.8' })).toEqual([
      expect.stringMatching(/^5 error .*schedulingGroup is a field that Kubernetes does not know there/),
    ])
  })

  it('that nobody knows yet may have more of them', async () => {
    expect(await said(container('    newField: 1\n'), { kubernetes: '1.99.0' })).toEqual([
      expect.stringMatching(/^8 warning /),
    ])
  })
})
