import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { messageOf } from '../../core/errors.ts'
import type { Check } from './check.ts'

/** What names files of certificates: Node reads the first, helm and kubectl the second. */
const variables = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'] as const

export const caCheck: Check = {
  id: 'ca',
  title: 'certificates of your own can be read',
  run: async ({ env }) => {
    const set = variables.flatMap((name) => (env[name] ? [{ name, file: env[name] }] : []))
    if (set.length === 0) return { state: 'ok', evidence: 'none are named' }
    // Often they are one file, of all the authorities of the system: reading a hundred certificates takes its time.
    const looks = new Map([...new Set(set.map(({ file }) => file))].map((file) => [file, probe(file)]))
    const probed = await Promise.all(set.map(async ({ name, file }) => ({ name, file, ...(await looks.get(file)) })))
    const evidence = probed.map(({ name, file, count }) => `${name}=${file}${count ? ` (${count})` : ''}`).join(', ')
    const wrong = probed.filter(({ trouble }) => trouble !== undefined)
    if (wrong.length === 0) return { state: 'ok', evidence }
    return {
      state: 'failed',
      cause: `${wrong.map(({ name, file, trouble }) => `${name} names ${file}: ${trouble}`).join('; ')}.`,
      evidence,
      fix: wrong
        .map(({ name }) => `unset ${name}   # or let it name a file of PEM certificates (-----BEGIN CERTIFICATE-----)`)
        .join('\n'),
    }
  },
}

const probe = async (file: string): Promise<{ readonly trouble?: string; readonly count?: number }> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    return { trouble: isMissing ? 'there is no such file' : `it cannot be read (${messageOf(error)})` }
  }
  const blocks =
    text.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^]*?-----END (?:TRUSTED )?CERTIFICATE-----/g) ?? []
  if (blocks.length === 0) return { trouble: 'it holds no PEM certificate' }
  const broken = blocks.findIndex((block) => !isCertificate(block))
  return broken < 0 ? { count: blocks.length } : { trouble: `certificate ${broken + 1} of ${blocks.length} is damaged` }
}

const isCertificate = (block: string): boolean => {
  try {
    return new X509Certificate(block).subject !== undefined
  } catch {
    // OpenSSL's own form (TRUSTED) holds more than Node reads.
    return block.includes('TRUSTED')
  }
}
