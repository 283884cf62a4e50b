import { describe, expect, it } from 'vitest'
import { foldersIn } from '../../../../cluster/registry/certs-folders.ts'

const said = (version: string): string => `containerd github.com/containerd/containerd/v2 ${version} 0123abc\n`
const own = ['/etc/containerd/certs.d', '/etc/docker/certs.d']

/** As containerd 1 writes its configuration out. */
const old = (path: string, more = ''): string =>
  `version = 2\n[plugins]\n  [plugins."io.containerd.grpc.v1.cri"]\n    sandbox_image = "x"\n    [plugins."io.containerd.grpc.v1.cri".registry]\n      config_path = "${path}"\n${more}`
/** As containerd 2 does. */
const recent = (path: string, more = ''): string =>
  `version = 3\n[plugins.'io.containerd.cri.v1.images']\nsnapshotter = 'overlayfs'\n[plugins.'io.containerd.cri.v1.images'.registry]\nconfig_path = '${path}'\n${more}`
const mirrors = `[plugins.'io.containerd.cri.v1.images'.registry.mirrors.'docker.io']\nendpoint = ['http://x']\n`

describe('the folders that a containerd looks into', () => {
  it.each([
    ['v1.7.24', old(''), []],
    ['v1.7.24', old('/etc/containerd/certs.d'), ['/etc/containerd/certs.d']],
    ['v2.0.2', recent(''), []],
    ['v2.1.4', recent(''), []],
    ['v2.1.4', recent('/etc/containerd/certs.d'), ['/etc/containerd/certs.d']],
    // 2.2.0 writes its own folders out, later ones keep them to themselves.
    ['v2.2.0', recent(own.join(':')), own],
    ['v2.2.3', recent(''), own],
    ['v2.3.4', recent(''), own],
    ['v2.3.4', recent('/srv/certs:/etc/containerd/certs.d'), ['/srv/certs', '/etc/containerd/certs.d']],
    ['v2.3.4', recent('', mirrors), []],
    ['2.3.4-k3s1', recent(''), own],
  ])('%s', (version, dump, folders) => {
    expect(foldersIn(said(version), dump)).toEqual(folders)
  })

  it.each([
    [said('v2.3.4'), ''],
    ['', recent('')],
    ['containerd: command not found\n', recent('')],
    [said('v2.2.0-rc.1'), recent('')],
  ])('cannot be told from %j', (version, dump) => {
    expect(foldersIn(version, dump)).toBeUndefined()
  })

  it('are not those of another plugin', () => {
    const other = `[plugins.'io.containerd.transfer.v1.local']\nconfig_path = '/else'\n`
    expect(foldersIn(said('v2.1.0'), recent('', other))).toEqual([])
  })
})
