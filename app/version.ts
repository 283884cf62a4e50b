import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** kindup's own version, from the package it runs in: a checkout, or the published one whose files are in dist/. */
export const version = (): string => {
  const file = ['../package.json', '../../package.json']
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path))
  const content: unknown = file === undefined ? {} : JSON.parse(readFileSync(file, 'utf8'))
  return content !== null && typeof content === 'object' && 'version' in content ? String(content.version) : 'unknown'
}
