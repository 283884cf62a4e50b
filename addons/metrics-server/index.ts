import { fileURLToPath } from 'node:url'
import type { AddOn } from '../addon.ts'

export const metricsServer: AddOn = {
  name: 'metrics-server',
  title: 'metrics-server (kubectl top, autoscaling)',
  chart: {
    chart: 'metrics-server',
    repo: 'https://kubernetes-sigs.github.io/metrics-server/',
    version: '3.13.1',
  },
  namespace: 'kube-system',
  values: fileURLToPath(new URL('values.yaml', import.meta.url)),
  revision: 1,
  provides: ['metrics.k8s.io/NodeMetrics', 'metrics.k8s.io/PodMetrics'],
  // A pod that is Ready is not enough: the API answers only once the aggregator has reached it.
  apiServices: ['v1beta1.metrics.k8s.io'],
  place: ({ nodeSelector, tolerations }) => ({ nodeSelector, tolerations }),
}
