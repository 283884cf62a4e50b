import { inc } from 'semver'
import { versionIn } from '../../cluster/images/version-file.ts'
import { versionParts, type VersionPart } from './version-part.ts'

/**
 * A version.txt with the next version in it, every other byte as it was: `1.2.3` (also `v1.2.3`; `1.2.3-rc.1` becomes
 * 1.2.3) or the lines MAJOR_VERSION=1, MINOR_VERSION=2, PATCH_VERSION=3. Undefined where there is neither.
 */
export const bumpVersion = (
  text: string,
  part: VersionPart,
): { readonly text: string; readonly from: string; readonly to: string } | undefined => {
  const from = versionIn(text)
  if (from === undefined) return undefined
  const bare = from.replace(/^v/, '')
  const next = inc(bare, part)
  if (next === null) return undefined
  const to = from.startsWith('v') ? `v${next}` : next
  const edited = hasLines(text) ? inLines(text, next.split('.')) : inLine(text, from, to)
  return versionIn(edited) === to ? { text: edited, from, to } : undefined
}

const lineOf = (name: string): RegExp =>
  new RegExp(String.raw`^([^\S\n]*(?:export\s+)?${name}_VERSION\s*[:=]\s*"?)(\d+)(?="?[^\S\n]*$)`, 'm')

const hasLines = (text: string): boolean => versionParts.every((part) => lineOf(part.toUpperCase()).test(text))

const inLines = (text: string, numbers: readonly string[]): string =>
  versionParts.reduce(
    (edited, part, index) =>
      edited.replace(lineOf(part.toUpperCase()), (_, before: string) => before + (numbers[index] ?? '')),
    text,
  )

/** The one line that is neither empty nor a comment. */
const inLine = (text: string, from: string, to: string): string =>
  text
    .split('\n')
    .map((line) => (line.trim() === from ? line.replace(from, () => to) : line))
    .join('\n')
