import { createServer } from 'node:net'

/** Ports of this machine that nobody listens at, one for each key. */
export const freePorts = async <K extends string>(keys: readonly K[]): Promise<Readonly<Record<K, number>>> => {
  const listening = keys.map((key) => ({ key, server: createServer().listen(0, '127.0.0.1') }))
  const entries = await Promise.all(
    listening.map(async ({ key, server }) => {
      if (!server.listening) await new Promise((resolve) => server.once('listening', resolve))
      const address = server.address()
      return [key, typeof address === 'object' && address !== null ? address.port : 0] as const
    }),
  )
  await Promise.all(listening.map(({ server }) => new Promise((resolve) => server.close(resolve))))
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the same keys
  return Object.fromEntries(entries) as Record<K, number>
}
