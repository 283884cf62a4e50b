import { describe, expect, it } from 'vitest'
import { nodeImage, versionOfNodeImage } from '../../../../cluster/kind/node-images.ts'
import { ConfigError } from '../../../../core/errors.ts'

describe('nodeImage', () => {
  it('leaves the choice to kind when the file names nothing', () => {
    expect(nodeImage(undefined, '0.33.0')).toBeUndefined()
  })

  it('takes a reference as it is', () => {
    expect(nodeImage('mirror.example/node:v1.36.2', '0.33.0')).toBe('mirror.example/node:v1.36.2')
    expect(nodeImage('kindest/node', '0.33.0')).toBe('kindest/node')
  })

  it('pins the newest patch of a minor that the kind in use was released with', () => {
    expect(nodeImage('1.36', '0.33.0')).toMatch(/^kindest\/node:v1\.36\.4@sha256:099e0493[0-9a-f]{56}$/)
    expect(nodeImage('1.36', '0.32.0')).toMatch(/^kindest\/node:v1\.36\.1@sha256:3489c767[0-9a-f]{56}$/)
  })

  it('tells builds of one tag apart by the kind release', () => {
    expect(nodeImage('1.33.1', '0.28.0')).not.toBe(nodeImage('1.33.1', '0.29.0'))
  })

  it('falls back on an older release, and only then on a newer one', () => {
    expect(nodeImage('1.33', '0.33.0')).toMatch(/^kindest\/node:v1\.33\.1@sha256:0500/)
    expect(nodeImage('1.36', '0.29.0')).toMatch(/^kindest\/node:v1\.36\.1@sha256:3489/)
  })

  it('names a full version that nobody knows by its tag alone', () => {
    expect(nodeImage('1.36.99', '0.33.0')).toBe('kindest/node:v1.36.99')
    expect(nodeImage('v1.38.0-rc.1')).toBe('kindest/node:v1.38.0-rc.1')
  })

  it('takes the digest that the environment names for a version', () => {
    const own = `sha256:${'a'.repeat(64)}`
    const env = { KINDUP_NODE_IMAGES: `1.35.8=${own}, v1.36.4=${own}` }
    expect(nodeImage('1.36', '0.33.0', undefined, env)).toBe(`kindest/node:v1.36.4@${own}`)
    expect(nodeImage('1.37', '0.33.0', undefined, env)).toMatch(/^kindest\/node:v1\.37\.0@sha256:a1ed/)
    expect(() => nodeImage('1.36', '0.33.0', undefined, { KINDUP_NODE_IMAGES: '1.36.4=latest' })).toThrow(
      'KINDUP_NODE_IMAGES has 1.36.4=latest, which is no version with a digest.',
    )
  })

  it('refuses a minor of which no patch is known, with its place', () => {
    const at = { file: '/w/kindup.yaml', line: 3, column: 15 }
    const refuse = () => nodeImage('1.99', '0.33.0', at)
    expect(refuse).toThrow(ConfigError)
    expect(refuse).toThrow(/1\.99/)
    expect(refuse).toThrow(expect.objectContaining({ problems: [expect.objectContaining({ at })] }))
  })
})

describe('versionOfNodeImage', () => {
  it.each([
    ['kindest/node:v1.36.4@sha256:abc', '1.36.4'],
    ['localhost:5001/node:1.30.0', '1.30.0'],
    ['kindest/node:latest', undefined],
  ])('reads %s as %s', (image, version) => {
    expect(versionOfNodeImage(image)).toBe(version)
  })
})
