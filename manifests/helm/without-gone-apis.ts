import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative, resolve } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { withPrivateFolder } from '../../cluster/private-folder.ts'
import { readFileNow, type Files } from '../../core/files.ts'
import { isNotServed } from '../kinds/served.ts'
import { followedFiles } from './chart-files.ts'
import type { LocatedChart } from './locate-chart.ts'

/**
 * Calls `use` with the path of a chart that asks for no API which this Kubernetes does not serve. Without a cluster helm
 * says of `policy/v1beta1` and thirty others that they are served, whatever the version, and no flag takes one away: so the
 * question is made another in a copy, at the same length, which leaves every line, column and archive as it is.
 */
export const withoutGoneApis = async <T>(
  { path, kind }: LocatedChart,
  kubernetes: string,
  cacheFolder: string,
  use: (path: string) => Promise<T>,
  read: Files = readFileNow,
): Promise<T> => {
  const files = kind === 'archive' ? [path] : await followedFiles(path)
  const texts = new Map(
    files.flatMap((file) => {
      const content = changed(file, kubernetes, read)
      return content ? [[file, content] as const] : []
    }),
  )
  if (texts.size === 0) return use(path)
  return withPrivateFolder(cacheFolder, async (folder) => {
    const root = kind === 'archive' ? dirname(path) : dirname(resolve(path))
    for (const file of files) {
      const copy = join(folder, relative(root, resolve(file)))
      await mkdir(dirname(copy), { recursive: true })
      const content = texts.get(file)
      await (content ? writeFile(copy, content) : symlink(resolve(file), copy))
    }
    return use(join(folder, basename(resolve(path))))
  })
}

/** The content of a file with other questions; undefined where nothing in it has to change. */
const changed = (file: string, kubernetes: string, read: Files): Buffer | undefined => {
  const content = read(file)
  if (!content) return undefined
  if (!/\.t?gz$/.test(file)) return withoutGone(content, kubernetes)
  try {
    const within = withoutGone(gunzipSync(content), kubernetes)
    return within && gzipSync(within)
  } catch {
    return undefined
  }
}

const asked = /(\b[Hh]as\s+["`])([a-z0-9.-]+\/v\d+(?:(?:alpha|beta)\d+)?)(?=["`])/g

const withoutGone = (content: Buffer, kubernetes: string): Buffer | undefined => {
  // Byte for byte: what is no text stays as it is.
  const text = content.toString('latin1')
  if (!text.includes('Capabilities.APIVersions')) return undefined
  const other = text.replaceAll(asked, (all: string, before: string, version: string) =>
    isNotServed(version, kubernetes) ? `${before}${'-'.repeat(version.length)}` : all,
  )
  return other === text ? undefined : Buffer.from(other, 'latin1')
}
