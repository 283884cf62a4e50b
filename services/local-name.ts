import type { Port } from '../core/step.ts'

/** What stands in a URL for the machine that a port is bound on: `localhost`, or the address where that is another. */
export const localName = ({ address }: Pick<Port, 'address'>): string => {
  if (/^(|0\.0\.0\.0|::|127(\.\d+){3}|::1)$/.test(address)) return 'localhost'
  return address.includes(':') ? `[${address}]` : address
}
