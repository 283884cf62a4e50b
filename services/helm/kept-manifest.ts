import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { parseJson } from '../../core/whole-number.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import { textAt } from '../../core/fields.ts'
import { revisionsOf, type ReleaseName } from './release.ts'

/**
 * Changes what helm keeps of a revision's manifest, before helm goes back to it: `rollback` takes no post-renderer.
 * Everything else of it stays as it is, to the digit. Layout: `encodeRelease` in helm's pkg/storage/driver/util.go.
 */
export const editKeptManifest = async (
  kube: Kube,
  name: ReleaseName,
  revision: number,
  edit: (manifest: string) => string,
): Promise<void> => {
  const kept = (await revisionsOf(kube, name)).find((one) => one.revision === revision)
  if (!kept) return
  const ref = { apiVersion: 'v1', kind: 'Secret', namespace: name.namespace, name: kept.secret }
  const secret = await kube.get(ref)
  const data = textAt(secret, 'data', 'release')
  if (!secret || data === undefined) return
  const text = await decode(data)
  const edited = editText(text, edit)
  if (edited !== text) await kube.mergePatch(ref, { data: { release: await encode(edited) } })
}

/** The manifest within the release's JSON; a value of the chart may have the same name. */
const editText = (text: string, edit: (manifest: string) => string): string => {
  const manifest = textAt(parseJson(text), 'manifest')
  if (manifest === undefined) return text
  return text.replaceAll(/("manifest":\s*)("(?:[^"\\]|\\.)*")/g, (whole, key: string, value: string) =>
    JSON.parse(value) === manifest ? `${key}${JSON.stringify(edit(manifest))}` : whole,
  )
}

/** Base64 by the API, and by helm; compressed unless it is of helm 2's time. */
const decode = async (data: string): Promise<string> => {
  const bytes = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64')
  return (bytes[0] === 0x1f && bytes[1] === 0x8b ? await promisify(gunzip)(bytes) : bytes).toString('utf8')
}

const encode = async (text: string): Promise<string> =>
  Buffer.from((await promisify(gzip)(text)).toString('base64'), 'latin1').toString('base64')
