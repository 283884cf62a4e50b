import { setTimeout as pause } from 'node:timers/promises'
import { EnvironmentError } from '../../core/errors.ts'
import { numberAt, textAt, valueAt } from '../../core/fields.ts'
import { isObject, jsonAnswer } from './answers.ts'
import { isForgotten, mayComeBack } from './api-errors.ts'
import type { KubeObject, Query } from './kube.ts'
import type { Rest } from './rest.ts'

type List = { readonly items: readonly KubeObject[]; readonly resourceVersion: string }

export type ListPlace = { readonly path: string; readonly list: () => Promise<List> }

/** The server may be away this long (a restart of the engine) before a watch gives up. */
const awayMs = 30_000
const pauses = [100, 200, 400, 800, 1600]

/**
 * The objects of a query, whole, at once and after each change, until `signal` aborts. Changes that come together are told together.
 * Lists again when the server has forgotten where the watch stood (410), and connects again when it is cut.
 */
export async function* liveList(
  rest: Rest,
  { path, list }: ListPlace,
  query: Query,
  signal: AbortSignal,
): AsyncGenerator<readonly KubeObject[]> {
  const objects = new Map<string, KubeObject>()
  let version: string | undefined
  let lastAnswer = performance.now()
  let failures = 0
  let refused = 0
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const now = await list()
        objects.clear()
        for (const object of now.items) objects.set(keyOf(object), object)
        version = now.resourceVersion
        lastAnswer = performance.now()
        yield [...objects.values()]
      }
      const call = {
        method: 'GET',
        path,
        query: {
          watch: 'true',
          // The server's own default is half an hour or more; a connection that died in a sleep would be noticed as late.
          timeoutSeconds: '60',
          allowWatchBookmarks: 'true',
          resourceVersion: version,
          labelSelector: query.labelSelector,
          fieldSelector: query.fieldSelector,
        },
        doing: `watch ${query.kind}`,
      } as const
      for await (const lines of rest.lines(call, signal)) {
        lastAnswer = performance.now()
        failures = 0
        refused = 0
        const taken = take(objects, lines, query)
        version = taken.version ?? version
        if (taken.changed) yield [...objects.values()]
        if (taken.gone) {
          version = undefined
          break
        }
      }
      lastAnswer = performance.now()
    } catch (error) {
      if (signal.aborted) return
      if (version !== undefined && isForgotten(error)) version = undefined
      // A watch may be refused by a server that has just started; whether a list is too tells the rest.
      else if (version !== undefined && isRefused(error) && refused++ === 0) version = undefined
      else if (!mayComeBack(error) || performance.now() - lastAnswer > awayMs) throw error
      failures += 1
    }
    // A server that ends each watch at once must not be asked in a tight circle.
    await pause(pauses[Math.min(failures, pauses.length - 1)], undefined, { signal }).catch(() => undefined)
  }
}

/** Carries events into the objects. `gone`: the server no longer knows where the watch stood. */
const take = (
  objects: Map<string, KubeObject>,
  lines: readonly string[],
  query: Query,
): { changed: boolean; gone: boolean; version?: string } => {
  let changed = false
  let version: string | undefined
  for (const line of lines) {
    if (line === '') continue
    const event = jsonAnswer(line, `watch ${query.kind}`)
    const [type, object] = [textAt(event, 'type'), valueAt(event, 'object')]
    if (type === 'ERROR') {
      const code = numberAt(object, 'code')
      if (code === 410 || code === undefined || code >= 500) return { changed, gone: true }
      throw new EnvironmentError(
        'api-refused',
        `The API refused to watch ${query.kind}: ${textAt(object, 'message') ?? 'no reason given'}`,
      )
    }
    version = textAt(object, 'metadata', 'resourceVersion') ?? version
    // A bookmark tells the version alone.
    if (type === 'BOOKMARK' || !isObject(object)) continue
    changed = true
    if (type === 'DELETED') objects.delete(keyOf(object))
    else objects.set(keyOf(object), object)
  }
  return { changed, gone: false, ...(version !== undefined && { version }) }
}

const keyOf = ({ metadata: { namespace = '', name } }: KubeObject): string => `${namespace}/${name}`

const isRefused = (error: unknown): boolean => error instanceof EnvironmentError && error.code === 'api-refused'
