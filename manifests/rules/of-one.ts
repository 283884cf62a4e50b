import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Finding } from '../schema/check.ts'
import { ingressFindings } from './ingresses.ts'
import { nameFindings } from './names.ts'
import { otherFindings } from './others.ts'
import { podFindings, selectorFindings } from './pods.ts'
import { serviceFindings } from './services.ts'
import { workloadFindings } from './workloads.ts'

/** What the API refuses in one object beyond what its schema says, and what cannot work in it. */
export const ruleFindings = (object: KubeObject, minor: number): readonly Finding[] => [
  ...nameFindings(object, minor),
  ...selectorFindings(object),
  ...workloadFindings(object),
  ...podFindings(object, minor),
  ...serviceFindings(object),
  ...ingressFindings(object),
  ...otherFindings(object),
]
