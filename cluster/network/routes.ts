import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unlessRefused } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'

/** A way out of this machine: `10.0.0.0/8` over `tun0`. */
export type Route = { readonly to: string; readonly over: string }

/** The IPv4 routes of this machine, the default ones left out. Those that nobody tells of are none. */
export const readRoutes = async (platform: string, proc: string, run: Run): Promise<readonly Route[]> => {
  if (platform === 'linux') return fromKernel(await readFile(join(proc, 'net', 'route'), 'utf8').catch(() => ''))
  if (platform !== 'darwin') return []
  return unlessRefused(
    async () => fromNetstat((await run('netstat', ['-rn', '-f', 'inet'], { timeoutMs: 3_000 })).stdout),
    [],
  )
}

/** Linux: addresses and masks are written as little-endian hexadecimal numbers. */
export const fromKernel = (table: string): readonly Route[] =>
  table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [over = '', destination = '', , flags = '', , , , mask = ''] = line.trim().split(/\s+/)
      if (mask === '' || mask === '00000000') return []
      // 0x0200: a route that rejects.
      if ((Number.parseInt(flags, 16) & 0x200) !== 0) return []
      const address = (destination.match(/../g) ?? []).toReversed().map((byte) => Number.parseInt(byte, 16))
      const prefix = Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length
      return [{ to: `${address.join('.')}/${prefix}`, over }]
    })

/** macOS: `10.8/16 … utun3`; zeros at the end are left out. */
export const fromNetstat = (table: string): readonly Route[] =>
  table.split('\n').flatMap((line) => {
    const [destination = '', , , over = ''] = line.trim().split(/\s+/)
    const [, address, length] = /^(\d+(?:\.\d+){0,3})(?:\/(\d+))?$/.exec(destination) ?? []
    if (address === undefined) return []
    const bytes = address.split('.')
    const prefix = length ?? String(bytes.length * 8)
    return [{ to: `${[...bytes, '0', '0', '0'].slice(0, 4).join('.')}/${prefix}`, over }]
  })
