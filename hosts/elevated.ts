/**
 * The one program that kindup runs with sudo. It takes no argument and no path: it edits this platform's hosts file and
 * there only the block of one cluster. On standard input it wants `{"name": "offerfit", "hosts": ["a.local"]}`;
 * no hosts means: take the block out. They lead to 127.0.0.1, or to the `"address"` that is given. It imports nothing but the text editing and the safe write beside it.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { isIP } from 'node:net'
import { fileURLToPath } from 'node:url'
import { platformHostsFile } from '../core/paths.ts'
import { applyHosts, removeHosts } from './hosts-file.ts'
import { isClusterName, isHostName } from './names.ts'

type Request = { readonly name: string; readonly hosts: readonly string[]; readonly address?: string }

/** Throws on anything that is not exactly a cluster's name and DNS names: this text becomes lines of a system file. */
export const readRequest = (text: string): Request => {
  const value: unknown = JSON.parse(text)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('an object is expected')
  const unknown = Object.keys(value).filter((key) => !['name', 'hosts', 'address'].includes(key))
  if (unknown.length > 0) throw new Error(`unknown keys: ${unknown.join(', ')}`)
  const { name, hosts, address }: Readonly<Record<string, unknown>> = { ...value }
  if (typeof name !== 'string' || !isClusterName(name)) throw new Error('`name` is no cluster name')
  if (!Array.isArray(hosts) || hosts.length > 500) throw new Error('`hosts` is no list of at most 500 names')
  const names = hosts.map((host: unknown) => {
    if (typeof host === 'string' && isHostName(host) && host !== 'localhost') return host
    throw new Error(`${JSON.stringify(host)} is no host name that could be written`)
  })
  if (address !== undefined && (typeof address !== 'string' || isIP(address) === 0))
    throw new Error('`address` is no IP address')
  return { name, hosts: names, ...(address === undefined ? {} : { address }) }
}

const main = async (): Promise<void> => {
  if (process.argv.length > 2) throw new Error('it takes no arguments')
  const { name, hosts, address } = readRequest(readFileSync(0, 'utf8'))
  const file = platformHostsFile()
  await (hosts.length > 0 ? applyHosts(file, name, hosts, undefined, address) : removeHosts(file, name))
}

const [, started = ''] = process.argv
if (started !== '' && realpathSync(started) === fileURLToPath(import.meta.url))
  main().catch((error: unknown) => {
    process.stderr.write(`hosts: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
