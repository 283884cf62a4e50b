import type { Engine } from '../engine/engine.ts'

const patienceSeconds = 5

/**
 * Opens a TCP connection from a node and closes it: the way of a pod there, addresses of Services included.
 * Undefined when it was accepted, else why not: `Connection refused`.
 */
export const connectFrom = async (
  engine: Engine,
  container: string,
  { address, port }: { readonly address: string; readonly port: number },
  signal: AbortSignal,
): Promise<string | undefined> => {
  // Every node has bash: it is what kind starts it with.
  const words = ['bash', '-c', 'exec 3<>"/dev/tcp/$0/$1"', address, String(port)]
  const { code, stderr } = await engine.exec(container, ['timeout', String(patienceSeconds), ...words], {
    signal,
    okCodes: [0, 1, 124],
  })
  if (code === 0) return undefined
  return code === 124
    ? `no answer within ${patienceSeconds} s`
    : (/: ([^:\n]+)\s*$/.exec(stderr)?.[1] ?? 'not accepted')
}
