import type { IncomingHttpHeaders } from 'node:http'

/**
 * Whether a browser of this machine asks. By the name that it was asked for by: a page of another site, whose name leads to
 * this machine, says its own. And a page of another site that asks for this address says where it is from.
 */
export const isFromHere = (headers: IncomingHttpHeaders, port: number | undefined): boolean => {
  // Nobody says the port that is HTTP's own.
  const names = ['127.0.0.1', 'localhost'].flatMap((name) => [`${name}:${port}`, ...(port === 80 ? [name] : [])])
  const { host = '', origin, 'sec-fetch-site': site = 'none' } = headers
  return (
    names.includes(host) &&
    (origin === undefined || names.some((name) => origin === `http://${name}`)) &&
    (site === 'none' || site === 'same-origin')
  )
}
