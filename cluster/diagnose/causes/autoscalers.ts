import { conditionOf } from '../../ready/pod.ts'
import { shortened } from '../../ready/shortened.ts'
import { ofKind, type Evidence } from '../evidence.ts'
import { aboutObject, type Finding } from '../finding.ts'

/** Autoscalers that do nothing. */
export const autoscalerCauses = (evidence: Evidence): readonly Finding[] =>
  ofKind(evidence, 'HorizontalPodAutoscaler').flatMap((autoscaler) => {
    const [able, active] = ['AbleToScale', 'ScalingActive'].map((type) => conditionOf(autoscaler, type))
    const failed = [able, active].find((one) => one?.status === 'False' && one.reason !== 'ScalingDisabled')
    if (!failed) return []
    const noMetrics = /metrics API|FailedGetResourceMetric/.test(`${failed.reason} ${failed.message}`)
    const noRequest = /missing request for (\w+)/.exec(failed.message ?? '')?.[1]
    return [
      {
        ...aboutObject(autoscaler),
        cause:
          noRequest === undefined
            ? `it cannot scale: ${shortened(failed.message ?? failed.reason ?? '')}`
            : `it cannot scale: its pods say no \`resources.requests.${noRequest}\``,
        evidence: [shortened(failed.message ?? '')],
        hints:
          noRequest === undefined
            ? noMetrics
              ? ['addons: { metrics-server: true }']
              : []
            : [`Set \`resources.requests.${noRequest}\` of every container.`],
        depth: 'way' as const,
      },
    ]
  })
