import { readFile } from 'node:fs/promises'
import type { Engine } from '../engine/engine.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Go reads every file of that folder beside the bundle; containerd does so when it first asks a registry. */
const place = '/etc/ssl/certs/kindup-extra-ca.pem'

/**
 * Lets nodes trust the authorities that this machine was told of (NODE_EXTRA_CA_CERTS): where a proxy reads along, their
 * pulls fail otherwise. A file that cannot be read is the business of the check `ca`.
 */
export const trustAuthorities = async (engine: Engine, nodes: readonly string[], env: Env): Promise<void> => {
  const file = env['NODE_EXTRA_CA_CERTS']
  const pem = file ? await readFile(file, 'utf8').catch(() => '') : ''
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) return
  await Promise.all(
    nodes.map((node) => engine.exec(node, ['install', '-D', '-m', '644', '/dev/stdin', place], { input: pem })),
  )
}
