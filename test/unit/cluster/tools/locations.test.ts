import { expect, test } from 'vitest'
import { locationOf, mirrored, mirrorOf } from '../../../../cluster/tools/locations.ts'

test('the publishers’ own addresses', () => {
  const mac = { platform: 'darwin', arch: 'arm64' }
  expect(locationOf('kind', '0.33.0', mac)).toEqual({
    url: 'https://kind.sigs.k8s.io/dl/v0.33.0/kind-darwin-arm64',
    checksumUrl: 'https://kind.sigs.k8s.io/dl/v0.33.0/kind-darwin-arm64.sha256sum',
    build: 'darwin-arm64',
  })
  expect(locationOf('kubectl', '1.36.4', mac)).toEqual({
    url: 'https://dl.k8s.io/release/v1.36.4/bin/darwin/arm64/kubectl',
    checksumUrl: 'https://dl.k8s.io/release/v1.36.4/bin/darwin/arm64/kubectl.sha256',
    build: 'darwin-arm64',
  })
  expect(locationOf('helm', '4.2.4', mac)).toEqual({
    url: 'https://get.helm.sh/helm-v4.2.4-darwin-arm64.tar.gz',
    checksumUrl: 'https://get.helm.sh/helm-v4.2.4-darwin-arm64.tar.gz.sha256sum',
    build: 'darwin-arm64',
    inside: 'darwin-arm64/helm',
  })
})

test('on Windows kubectl has an ending, kind has none, and helm comes in a zip', () => {
  const windows = { platform: 'win32', arch: 'x64' }
  expect(locationOf('kind', '0.33.0', windows)?.url).toMatch(/\/kind-windows-amd64$/)
  expect(locationOf('kubectl', '1.36.4', windows)?.url).toMatch(/\/windows\/amd64\/kubectl\.exe$/)
  expect(locationOf('helm', '4.2.4', windows)).toMatchObject({
    url: expect.stringMatching(/\/helm-v4\.2\.4-windows-amd64\.zip$/) as string,
    inside: 'windows-amd64/helm.exe',
  })
})

test.for(['linux', 'darwin', 'win32'])('%s has all three for both architectures, and for no other', (platform) => {
  for (const name of ['kind', 'kubectl', 'helm'] as const) {
    expect(locationOf(name, '1.0.0', { platform, arch: 'x64' })).toBeDefined()
    expect(locationOf(name, '1.0.0', { platform, arch: 'arm64' })).toBeDefined()
    expect(locationOf(name, '1.0.0', { platform, arch: 'ia32' })).toBeUndefined()
  }
})

test.for(['http://user:pass@nexus.local:8081/repository/tools/', 'http://nexus.local:8081/repository/tools'])(
  'below the mirror %s the publishers’ hosts are folders',
  (KINDUP_TOOLS_MIRROR) => {
    expect(mirrored('https://dl.k8s.io/release', { KINDUP_TOOLS_MIRROR })).toBe(
      'http://nexus.local:8081/repository/tools/dl.k8s.io/release',
    )
  },
)

test('an empty mirror is none, and what is no address is refused without its login', () => {
  expect(mirrorOf({ KINDUP_TOOLS_MIRROR: ' ' })).toBeUndefined()
  expect(mirrored('https://get.helm.sh', {})).toBe('https://get.helm.sh')
  expect(() => mirrorOf({ KINDUP_TOOLS_MIRROR: 'ftp://me:secret@mirror/tools' })).toThrow(
    'KINDUP_TOOLS_MIRROR is ftp://mirror/tools, which is no http or https address.',
  )
})
