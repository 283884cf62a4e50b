const blockBytes = 512

/**
 * A tar archive (ustar) of one regular file. The same name and text give the same bytes on any machine at any time: no
 * times, no owners. `name` has at most 100 characters.
 */
export const tarOf = (name: string, text: Buffer): Buffer => {
  const header = Buffer.alloc(blockBytes)
  const put = (at: number, value: string): void => void header.write(value, at, 'ascii')
  put(0, name)
  put(100, '0000644\0')
  put(108, '0000000\0')
  put(116, '0000000\0')
  put(124, `${text.length.toString(8).padStart(11, '0')}\0`)
  put(136, '00000000000\0')
  // The checksum counts its own field as blanks.
  put(148, ' '.repeat(8))
  put(156, '0')
  put(257, 'ustar\x0000')
  const sum = header.reduce((total, byte) => total + byte, 0)
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
  const rest = (blockBytes - (text.length % blockBytes)) % blockBytes
  return Buffer.concat([header, text, Buffer.alloc(rest), Buffer.alloc(2 * blockBytes)])
}
