import { describe, expect, it } from 'vitest'
import { versionIn } from '../../../../cluster/images/version-file.ts'

describe('a version.txt', () => {
  it.each([
    ['1.2.3', '1.2.3'],
    ['v1.2.3-rc.1\n', 'v1.2.3-rc.1'],
    ['# made by hand\r\n1.2.3\r\n', '1.2.3'],
    ['MAJOR_VERSION=1\nMINOR_VERSION=20\nPATCH_VERSION=3', '1.20.3'],
    ['PATCH_VERSION: 3\nexport MINOR_VERSION="2"\nMAJOR_VERSION = 0', '0.2.3'],
    ['MAJOR_VERSION=1\nMINOR_VERSION=2', undefined],
    ['1.2.3\n1.2.4', undefined],
    ['latest', undefined],
    ['', undefined],
  ])('%j is %j', (text, version) => {
    expect(versionIn(text)).toBe(version)
  })
})
