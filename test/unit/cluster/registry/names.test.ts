import { assert, option, property, stringMatching } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { markerVolume } from '../../../../cluster/ownership-marker.ts'
import { mirrorName, registryName, registryVolume, wordsFor } from '../../../../cluster/registry/names.ts'

describe('names of registries', () => {
  it('can be remembered where they are plain', () => {
    expect(registryName(5001)).toBe('kindup-registry-5001')
    expect(mirrorName('docker.io')).toBe('kindup-mirror-docker-io')
    expect(wordsFor('kindup-registry-5001', undefined)).toBe('registry localhost:5001')
  })

  const host = stringMatching(/^[a-z0-9]([a-z0-9.-]{0,60}[a-z0-9])?(:\d{1,5})?$/)
  const owner = option(stringMatching(/^[a-z0-9][a-z0-9.-]{0,40}$/), { nil: undefined })

  it('of mirrors are host names of one label, and one upstream of one owner has its own', () => {
    assert(
      property(host, owner, host, owner, (one, ownerOfOne, other, ownerOfOther) => {
        const name = mirrorName(one, ownerOfOne)
        expect(name).toMatch(/^kindup-mirror-[a-z0-9-]*[a-z0-9]$/)
        expect(name.length).toBeLessThanOrEqual(63)
        const isSame = one === other && ownerOfOne === ownerOfOther
        expect(mirrorName(other, ownerOfOther) === name).toBe(isSame)
      }),
      {
        examples: [
          ['a-b.c', undefined, 'a.b-c', undefined],
          ['a.b', undefined, 'a.b', 'c'],
          ['a.b', 'c', 'a', 'b-c'],
        ],
      },
    )
  })

  it('of volumes are nobody’s ownership marker', () => {
    assert(
      property(host, stringMatching(/^[a-z0-9][a-z0-9.-]{0,40}$/), (upstream, cluster) => {
        expect(registryVolume(mirrorName(upstream))).not.toBe(markerVolume(cluster))
      }),
    )
  })
})
