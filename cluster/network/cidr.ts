import { isIP } from 'node:net'

/** A network as numbers: its first address, and how many bits all its addresses share. */
export type Network = { readonly bits: 32 | 128; readonly first: bigint; readonly prefix: number }

/** `172.18.0.0/16`, `fc00::/64`, or one address; undefined for what is neither. */
export const parseNetwork = (text: string): Network | undefined => {
  const [address = '', length] = text.split('/')
  const version = isIP(address)
  if (version === 0) return undefined
  const bits = version === 4 ? 32 : 128
  const prefix = length === undefined ? bits : Number(length)
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > bits) return undefined
  const value = version === 4 ? fourBytes(address) : eightWords(address)
  const rest = BigInt(bits - prefix)
  return { bits, prefix, first: (value >> rest) << rest }
}

/** Whether two networks have an address in common. */
export const overlap = (a: Network, b: Network): boolean => {
  if (a.bits !== b.bits) return false
  const rest = BigInt(a.bits - Math.min(a.prefix, b.prefix))
  return a.first >> rest === b.first >> rest
}

const fourBytes = (address: string): bigint => address.split('.').reduce((sum, byte) => (sum << 8n) + BigInt(byte), 0n)

const eightWords = (address: string): bigint => {
  // The end of an address may be written as an IPv4 one.
  const plain = (address.split('%')[0] ?? '').replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, ...bytes: string[]) =>
    [0, 2].map((at) => ((Number(bytes[at]) << 8) + Number(bytes[at + 1])).toString(16)).join(':'),
  )
  const [left = '', right] = plain.split('::')
  const [head, tail] = [words(left), words(right)]
  const all = [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => '0'), ...tail]
  return all.reduce((sum, word) => (sum << 16n) + BigInt(`0x${word}`), 0n)
}

const words = (text: string | undefined): string[] => (text ?? '').split(':').filter((word) => word !== '')
