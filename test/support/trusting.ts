import { getCACertificates, setDefaultCACertificates } from 'node:tls'

/** Does the work in this process, which trusts that authority until then, as NODE_EXTRA_CA_CERTS has it where Node starts. */
export const trusting = async <T>(authority: string, work: () => Promise<T>): Promise<T> => {
  const before = getCACertificates('default')
  setDefaultCACertificates([...before, authority])
  try {
    return await work()
  } finally {
    setDefaultCACertificates(before)
  }
}
