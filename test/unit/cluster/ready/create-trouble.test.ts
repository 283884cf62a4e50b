import { describe, expect, it } from 'vitest'
import { createTrouble } from '../../../../cluster/ready/create-trouble.ts'
import type { PodEvent } from '../../../../cluster/kube/models.ts'

const since = Date.parse('2026-11-20T12:00:00Z')
const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', uid: 'u1' } }
const event = (reason: string, message: string, seconds = 1, uid = 'u1'): PodEvent => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${reason}.${seconds}` },
  involvedObject: { uid },
  reason,
  message,
  lastTimestamp: new Date(since + seconds * 1000).toISOString(),
})
const trouble = (events: readonly PodEvent[], leaving = false) => createTrouble([owner], events, { since, leaving })
const refused = (message: string, leaving = false) =>
  trouble([event('FailedCreate', `Error creating: pods "web-1-x" is forbidden: ${message}`)], leaving)

describe('pods that the API refuses', () => {
  it.each([
    [
      'ask for more than a quota ever gives',
      'exceeded quota: small, requested: requests.memory=2Gi, used: requests.memory=100Mi, limited: requests.memory=1Gi',
      0,
      [expect.stringMatching(/Raise the ResourceQuota small/)],
    ],
    [
      'say nothing where a quota wants to hear something',
      'failed quota: small: must specify limits.cpu for: web; limits.memory for: web',
      0,
      [expect.stringMatching(/to say limits\.cpu/)],
    ],
    [
      'ask for more than a limit range allows',
      'maximum memory usage per Container is 64Mi, but limit is 1Gi',
      0,
      [expect.stringMatching(/A LimitRange/)],
    ],
    [
      'are not as restricted as they must be',
      'violates PodSecurity "restricted:latest": runAsNonRoot != true',
      0,
      [expect.stringMatching(/enforce/)],
    ],
    [
      'use what may still be made',
      'error looking up service account default/web: serviceaccount "web" not found',
      10_000,
      [expect.stringMatching(/Put the ServiceAccount web/)],
    ],
    [
      'are refused by a webhook',
      'admission webhook "policy.example" denied the request: no',
      10_000,
      [expect.stringMatching(/The webhook policy\.example says no/)],
    ],
    [
      'need a webhook that does not answer',
      'Internal error occurred: failed calling webhook "policy.example": failed to call webhook: Post "https://policy.dev.svc:443/": dial tcp 10.96.0.9:443: connect: connection refused',
      60_000,
      [expect.stringMatching(/has to answer first/), expect.stringMatching(/get validatingwebhook/)],
    ],
  ])('%s', (_, message, hopelessAfterMs, hint) => {
    const found = refused(message)
    expect(found).toMatchObject({ line: `its pods are refused: ${message}`, hopelessAfterMs })
    expect(found?.hints).toEqual(hint)
  })

  it('are told of without the name of the pod, which is another each time', () => {
    const line = 'its pods are refused: maximum memory usage per Container is 64Mi, but limit is 2Gi'
    const said = 'pods "web-0" is forbidden: maximum memory usage per Container is 64Mi, but limit is 2Gi'
    for (const before of [
      'Create Pod web-0 in StatefulSet web failed error: ',
      'create Pod web-0 in StatefulSet web failed error: ',
      '(combined from similar events): Error creating: ',
    ])
      expect(trouble([event('FailedCreate', before + said)])?.line).toBe(line)
  })

  it('fit once others have gone, where a quota is only used up', () => {
    const usedUp = 'exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2'
    expect(refused(usedUp)).toMatchObject({ hopelessAfterMs: 3_000 })
    expect(refused(usedUp, true)).toMatchObject({ hopelessAfterMs: 30_000 })
  })

  it('may be allowed by now what was refused before', () => {
    const before = trouble([event('FailedCreate', 'maximum cpu usage per Container is 1, but limit is 2', -60)])
    expect(before).toMatchObject({ hopelessAfterMs: 30_000 })
  })

  it('are none once one was made, and those of others are theirs', () => {
    const failed = event('FailedCreate', 'exceeded quota', 1)
    expect(trouble([event('SuccessfulCreate', 'Created pod: web-1-x', 2), failed])).toBeUndefined()
    expect(trouble([event('SuccessfulCreate', 'Created pod: web-1-x', -2), failed])).toBeDefined()
    expect(trouble([event('FailedCreate', 'exceeded quota', 1, 'u2')])).toBeUndefined()
  })

  it('break rules that are named without what would obey them, which is longer than what is shown', () => {
    const said =
      'violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false), unrestricted capabilities (container "main" must set securityContext.capabilities.drop=["ALL"]), runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true), seccompProfile (pod or container "main" must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost")'
    expect(refused(said)).toMatchObject({
      line: 'its pods are refused: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false, unrestricted capabilities, runAsNonRoot != true, seccompProfile',
      hopelessAfterMs: 0,
    })
  })

  it('are waited for when nobody knows what was meant', () => {
    expect(refused('Internal error occurred: resource quota evaluation timed out')).not.toHaveProperty(
      'hopelessAfterMs',
    )
  })
})
