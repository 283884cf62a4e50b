import { fileURLToPath } from 'node:url'
import type { AddOn } from '../addon.ts'
import { sayHowToReach } from './reach.ts'
import { tokenCredential } from './token.ts'

export const headlamp: AddOn = {
  name: 'headlamp',
  title: 'Headlamp (the cluster as a web page)',
  chart: {
    chart: 'headlamp',
    repo: 'https://kubernetes-sigs.github.io/headlamp/',
    version: '0.45.0',
  },
  namespace: 'headlamp',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  provides: [],
  place: ({ nodeSelector, tolerations }) => ({ nodeSelector, tolerations }),
  host: (host) => ({ ingress: { enabled: true, hosts: [{ host, paths: [{ path: '/', type: 'Prefix' }] }] } }),
  facts: tokenCredential,
  verify: sayHowToReach,
}
