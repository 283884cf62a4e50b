import { createSocket } from 'node:dgram'

/** Answers every question for an address with the same one, and those for others with nothing. Names that are not known do not exist. */
export const nameServer = async (address: string, knows: (name: string) => boolean): Promise<AsyncDisposable> => {
  const socket = createSocket('udp4')
  socket.on('message', (query, { port, address: from }) => {
    const end = query.indexOf(0, 12)
    const labels: string[] = []
    for (let at = 12; at < end; at += (query[at] ?? 0) + 1)
      labels.push(query.toString('latin1', at + 1, at + 1 + (query[at] ?? 0)))
    const known = knows(labels.join('.').toLowerCase())
    const wantsAddress = query.readUInt16BE(end + 1) === 1
    const answers = known && wantsAddress ? 1 : 0
    const header = Buffer.from(query.subarray(0, 12))
    // An answer with authority, recursion offered; 3 says that there is no such name.
    header.writeUInt16BE(0x8580 | (known ? 0 : 3), 2)
    header.writeUInt16BE(answers, 6)
    header.writeUInt32BE(0, 8)
    const question = query.subarray(12, end + 5)
    const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, ...address.split('.').map(Number)])
    socket.send(Buffer.concat([header, question, ...(answers ? [record] : [])]), port, from)
  })
  await new Promise<void>((resolve) => socket.bind(53, address, resolve))
  return { [Symbol.asyncDispose]: () => new Promise((resolve) => socket.close(() => resolve())) }
}
