import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

type Seen = {
  readonly exists: boolean
  readonly currentContext?: string
  /** The server that the context of that name leads to. */
  readonly server?: string
}

/** What a kubeconfig says of a context. One that cannot be read or parsed says nothing: whoever writes it will say why. */
export const seenIn = async (file: string, context: string): Promise<Seen> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  if (text === undefined) return { exists: false }
  const content = parsed(text)
  const current = content['current-context']
  const cluster = entry(content['contexts'], context, 'context')['cluster']
  const server = typeof cluster === 'string' ? entry(content['clusters'], cluster, 'cluster')['server'] : undefined
  return {
    exists: true,
    ...(typeof current === 'string' && current !== '' ? { currentContext: current } : {}),
    ...(typeof server === 'string' ? { server } : {}),
  }
}

type Loose = Readonly<Record<string, unknown>>

const parsed = (text: string): Loose => {
  try {
    return map(parse(text, { logLevel: 'silent' }))
  } catch {
    return {}
  }
}

const entry = (list: unknown, name: string, key: string): Loose =>
  map(map((Array.isArray(list) ? list : []).find((item) => map(item)['name'] === name))[key])

const map = (value: unknown): Loose =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Loose) : {}
