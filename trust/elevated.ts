/**
 * The program that `kindup trust` and `untrust` run with sudo. It takes no argument and no path: it writes or removes one
 * file in the folder of this system's own trust anchors, named after the certificate. On standard input it wants
 * `{"certificate": "-----BEGIN…"}`, or `{"remove": "AA:BB:…"}` with the SHA-256 fingerprint of one that it wrote.
 */
import { readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { X509Certificate } from 'node:crypto'
import { readAnchor, removeAnchor, systemAnchors, writeAnchor } from './anchors.ts'

type Request = { readonly certificate: X509Certificate } | { readonly remove: string }

/** Throws on anything that is not exactly one of the two. */
export const readRequest = (text: string): Request => {
  const value: unknown = JSON.parse(text)
  if (value === null || typeof value !== 'object' || Array.isArray(value)) throw new Error('an object is expected')
  const given: Readonly<Record<string, unknown>> = { ...value }
  const [key, ...more] = Object.keys(given)
  if (more.length > 0) throw new Error('one key is expected')
  const { certificate, remove } = given
  if (key === 'certificate' && typeof certificate === 'string') return { certificate: readAnchor(certificate) }
  if (key === 'remove' && typeof remove === 'string' && /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/.test(remove))
    return { remove }
  throw new Error('`certificate` or `remove` is expected')
}

const main = async (): Promise<void> => {
  if (process.argv.length > 2) throw new Error('it takes no arguments')
  const request = readRequest(readFileSync(0, 'utf8'))
  const anchors = systemAnchors()
  if (!anchors) throw new Error('this system has no folder for trust anchors')
  if ('remove' in request) removeAnchor(anchors, request.remove)
  else await writeAnchor(anchors, request.certificate)
}

const [, started = ''] = process.argv
if (started !== '' && realpathSync(started) === fileURLToPath(import.meta.url))
  main().catch((error: unknown) => {
    process.stderr.write(`trust: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  })
