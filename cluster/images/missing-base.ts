import { sameTag } from '../reference.ts'
import { takenImages } from './dockerfile.ts'

/**
 * The base image that a builder could not get. BuildKit looks all of them up before the first step (`[internal] load
 * metadata for …`); classic builders stop at the FROM itself, and the registry's words follow.
 */
export const missingBase = (output: string): string | undefined => {
  const lookedUp = /^\s*> \[internal\] load metadata for (\S+?):$/m.exec(output)?.[1]
  if (lookedUp !== undefined) return familiar(lookedUp)
  const last = [...output.matchAll(/^step \d+(?:\/\d+)?\s?: (.*)$/gim)].at(-1)?.[1] ?? ''
  const [, from] = /^FROM\s+(?:--\S+\s+)*(\S+)/i.exec(last) ?? []
  const refused =
    /pull access denied|manifest (?:for \S+ not found|unknown)|no such host|connection refused|toomanyrequests|i\/o timeout|unauthorized|initializing source|Get "https?:/i
  return from !== undefined && refused.test(output) ? from : undefined
}

/** As people write it: BuildKit says every name in full. */
const familiar = (ref: string): string => ref.replace(/^docker\.io\/(?:library\/)?/, '')

/** The first line of a Dockerfile that names an image; undefined where a variable does. */
export const lineNaming = (image: string, dockerfile: string): number | undefined =>
  takenImages(dockerfile, {}).find(({ reference }) => sameTag(reference, image))?.line
