import { resolve } from 'node:path'
import type { MountConfig } from '../config.ts'

/** Parses `host:node[:ro|rw]`; the host's path starts at `folder`. A text is the reason why it cannot be. */
export const parseMount = (text: string, folder: string): MountConfig | string => {
  // The node's path begins with a slash, so that a drive letter of Windows stays with the host's.
  const [, host, node, mode] = /^(.+?):(\/[^:]*)(?::([^:/]*))?$/.exec(text) ?? []
  if (host === undefined || node === undefined) return 'it must be host:node[:ro], such as "./data:/data:ro"'
  if (mode !== undefined && mode !== 'ro' && mode !== 'rw') return `${JSON.stringify(mode)} is neither ro nor rw`
  return { hostPath: resolve(folder, host), nodePath: node, readOnly: mode === 'ro' }
}
