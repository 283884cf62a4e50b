import { describe, expect, it } from 'vitest'
import { bumpVersion } from '../../../../scripts/image-edit/bump-version.ts'

describe('bumpVersion', () => {
  it.each([
    ['1.2.3\n', 'patch', '1.2.4\n', '1.2.4'],
    ['# ours\r\nv1.2.3\r\n', 'minor', '# ours\r\nv1.3.0\r\n', 'v1.3.0'],
    ['  1.2.3-rc.1', 'patch', '  1.2.3', '1.2.3'],
    ['# 1.2.3\n1.2.3', 'major', '# 1.2.3\n2.0.0', '2.0.0'],
    [
      '# MAJOR_VERSION=9\nMAJOR_VERSION=1\nNAME=shop\nMINOR_VERSION=9\nPATCH_VERSION=7\n',
      'minor',
      '# MAJOR_VERSION=9\nMAJOR_VERSION=1\nNAME=shop\nMINOR_VERSION=10\nPATCH_VERSION=0\n',
      '1.10.0',
    ],
    [
      'PATCH_VERSION: "9"\r\nexport MINOR_VERSION = 2 \r\nMAJOR_VERSION=1',
      'patch',
      'PATCH_VERSION: "10"\r\nexport MINOR_VERSION = 2 \r\nMAJOR_VERSION=1',
      '1.2.10',
    ],
  ] as const)('%j %s', (text, part, edited, to) => {
    expect(bumpVersion(text, part)).toMatchObject({ text: edited, to })
  })

  it.each(['', '1.2', '1.2.3\n1.2.4\n', 'hello', 'MAJOR_VERSION=1\nMINOR_VERSION=2\n', '1.2.3.4', '01.2.3'])(
    'not %j',
    (text) => {
      expect(bumpVersion(text, 'patch')).toBeUndefined()
    },
  )
})
