import { fileURLToPath } from 'node:url'
import type { AddOn } from '../addon.ts'

export const addonName: AddOn = {
  name: 'addon-name',
  // What the user gets, in words.
  title: 'addon-name',
  // Pinned: an add-on that changes by itself breaks on a day when nobody changed anything.
  chart: { chart: 'addon-name', repo: 'https://charts.example', version: '0.0.0' },
  namespace: 'addon-name',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  // Kinds that services may use once it is there: `example.dev/Widget`.
  provides: [],
  // Where the chart wants these; look at every pod that it renders, hooks included.
  place: ({ nodeSelector, tolerations }) => ({ nodeSelector, tolerations }),
  // Further, where it has them: host, apiServices, beforeRemoval, facts.
}
