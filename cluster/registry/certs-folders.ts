import coerce from 'semver/functions/coerce.js'
import gte from 'semver/functions/gte.js'
import { certsFolder } from '../../config/certs-folder.ts'

/** The plugin that pulls for the kubelet, in configurations of version 2 and from 3 on. */
const plugins = ['io.containerd.grpc.v1.cri', 'io.containerd.cri.v1.images']

/**
 * The folders that a containerd looks into for hosts.toml, in its order, from `containerd --version` and `containerd
 * config dump`; none: it looks nowhere. Undefined where that cannot be told for certain. An empty `config_path` means
 * nowhere before containerd 2.2, and its own two folders from then on unless the old `mirrors` are set (read in
 * plugins/cri/images/plugin.go and internal/cri/config/config_unix.go of the releases).
 */
export const foldersIn = (version: string, dump: string): readonly string[] | undefined => {
  let path: string | undefined
  let hasMirrors = false
  let section = ''
  for (const line of dump.split('\n')) {
    const [, header] = /^\s*\[\s*(.+?)\s*\]\s*$/.exec(line) ?? []
    if (header !== undefined) section = header.replaceAll(/["']/g, '')
    const [, plugin, more] = /^plugins\.(.+?)\.registry(\.mirrors\..+)?$/.exec(section) ?? []
    if (plugin === undefined || !plugins.includes(plugin)) continue
    hasMirrors ||= more !== undefined
    const [, value] = (more === undefined && /^\s*config_path\s*=\s*["'](.*?)["']\s*$/.exec(line)) || []
    if (value !== undefined && value !== '') path = value
  }
  if (path !== undefined) return path.split(':')
  const [, text = ''] = /^containerd\s+\S+\s+v?(\d+\.\d+\.\d+\S*)/.exec(version) ?? []
  const known = coerce(text)
  // A version before the release of its number may be on either side.
  if (known === null || dump.trim() === '' || /-(?:alpha|beta|rc)/.test(text)) return undefined
  return gte(known, '2.2.0') && !hasMirrors ? [certsFolder, '/etc/docker/certs.d'] : []
}
