import { describe, expect, it } from 'vitest'
import { pullTrouble } from '../../../../cluster/ready/pull-trouble.ts'

const image = 'team/web:1'

describe('an image that is not pulled', () => {
  it.each([
    [
      'waits where its registry limits pulls',
      'failed to pull and unpack image "docker.io/team/web:1": failed to copy: httpReadSeeker: failed open: unexpected status code https://registry-1.docker.io/v2/team/web/manifests/sha256:1: 429 Too Many Requests - Server message: toomanyrequests: You have reached your unauthenticated pull rate limit.',
      /^image team\/web:1 waits: docker\.io limits how often one may pull: .*toomanyrequests/,
      [/^docker login docker\.io && docker pull team\/web:1/, /mirrors: \[docker\.io\]/],
      undefined,
    ],
    [
      'is denied',
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
      /cannot be pulled: pull access denied/,
      [/right name/, /^docker login docker\.io && docker pull team\/web:1/],
      0,
    ],
    [
      'is refused',
      'failed to authorize: failed to fetch anonymous token: unexpected status: 403 Forbidden',
      /cannot be pulled/,
      [/right name/, /^docker login/],
      0,
    ],
    [
      'is not there',
      'docker.io/team/web:1: not found',
      /cannot be pulled: docker\.io\/team\/web:1: not found/,
      [/right name/],
      0,
    ],
    [
      'is not for these nodes',
      'no match for platform in manifest: not found',
      /not offered for the nodes' kind of processor/,
      [/^docker manifest inspect/],
      0,
    ],
    [
      'may come later',
      'unexpected status from HEAD request to https://registry-1.docker.io/v2/team/web/manifests/1: 503 Service Unavailable',
      /could not be pulled yet: .*503/,
      [],
      undefined,
    ],
    [
      'is asked of a name server that fails',
      'failed to do request: Head "https://registry-1.docker.io/v2/x": dial tcp: lookup registry-1.docker.io on 172.18.0.1:53: server misbehaving',
      /^image team\/web:1 could not be pulled yet: the name registry-1\.docker\.io does not resolve, because the name server of the nodes fails$/,
      [/^docker pull team\/web:1 /, /^kindup doctor /],
      60_000,
    ],
    [
      'is asked of a name server that is silent',
      'failed to do request: Head "https://registry-1.docker.io/v2/x": dial tcp: lookup registry-1.docker.io on 172.18.0.1:53: read udp 172.18.0.2:51312->172.18.0.1:53: i/o timeout',
      /the name registry-1\.docker\.io does not resolve, because the name server of the nodes fails$/,
      [/^docker pull team\/web:1 /, /^kindup doctor /],
      60_000,
    ],
    [
      'is asked of no name server at all',
      'failed to do request: Head "https://reg.example/v2/x": dial tcp: lookup reg.example: Temporary failure in name resolution',
      /the name reg\.example does not resolve, because the name server of the nodes fails$/,
      [/^docker pull team\/web:1 /, /^kindup doctor /],
      60_000,
    ],
    [
      'is behind a door that nobody opens',
      'failed to do request: Head "https://reg.example/v2/x": dial tcp 10.1.2.3:443: i/o timeout',
      /could not be pulled yet: .*i\/o timeout/,
      [/^Nothing answers at docker\.io/, /^docker pull team\/web:1 /],
      120_000,
    ],
    [
      'has no way to its registry',
      'failed to do request: Head "https://reg.example/v2/x": dial tcp 10.1.2.3:443: connect: no route to host',
      /could not be pulled yet: .*no route to host/,
      [/^Nothing answers at docker\.io/, /^docker pull team\/web:1 /],
      60_000,
    ],
    [
      'comes too slowly',
      'failed to copy: httpReadSeeker: failed open: failed to do request: Get "https://reg.example/v2/x": context deadline exceeded',
      /could not be pulled yet: .*deadline exceeded/,
      [/^Nothing answers at docker\.io/, /^docker pull team\/web:1 /],
      undefined,
    ],
    [
      'is in a registry whose name leads nowhere',
      'failed to do request: Head "https://reg.invalid/v2/x": dial tcp: lookup reg.invalid on 172.18.0.1:53: no such host',
      /^image team\/web:1 cannot be pulled: the name reg\.invalid does not resolve$/,
      [/right name/, /^docker pull team\/web:1 .*VPN/],
      15_000,
    ],
    [
      'is in a registry that shows a certificate of somebody else',
      'failed to do request: Head "https://reg.example/v2/x": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      /cannot be pulled: .*x509/,
      [/^docker pull team\/web:1/, /^kindup doctor/],
      15_000,
    ],
    [
      'is looked for where nothing answers',
      'failed to do request: Head "https://localhost:5000/v2/x": dial tcp [::1]:5000: connect: connection refused',
      /could not be pulled yet: .*connection refused/,
      [/`localhost` is the node itself/],
      60_000,
    ],
    ['is tried again for no said reason', '', /^image team\/web:1 could not be pulled yet$/, [], undefined],
  ])('%s', (_, message, line, hints, hopelessAfterMs) => {
    const trouble = pullTrouble(image, message, 'docker')
    expect(trouble.line).toMatch(line)
    expect(trouble.hopelessAfterMs).toBe(hopelessAfterMs)
    expect(trouble.hints ?? []).toEqual(hints.map((hint) => expect.stringMatching(hint)))
  })

  it('names the registry that the image is in', () => {
    expect(pullTrouble('reg.example:5000/web', '429', 'docker').line).toContain('reg.example:5000 limits')
  })

  it('is pulled with the engine of the cluster', () => {
    for (const message of ['429', 'pull access denied', 'no match for platform in manifest'])
      expect(pullTrouble(image, message, 'nerdctl').hints?.join(' ')).toMatch(/^((?!docker (login|pull|manifest)).)*$/)
    expect(pullTrouble(image, '429', 'podman').hints?.[0]).toMatch(
      /^podman login docker\.io && podman pull team\/web:1 /,
    )
  })
})
