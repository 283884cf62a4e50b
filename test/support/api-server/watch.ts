import type { ServerResponse } from 'node:http'
import { apiVersionOf, resourceOf } from './kinds.ts'
import type { Kind } from './kinds.ts'
import type { Obj } from './object.ts'
import { Refusal, statusBody } from './refusals.ts'
import { fitsQuery } from './selectors.ts'
import type { Change, Store } from './store.ts'

/** Answers a watch: one line an event, until its time is over or somebody hangs up. */
export const streamWatch = (
  store: Store,
  kind: Kind,
  namespace: string | undefined,
  query: URLSearchParams,
  response: ServerResponse,
): void => {
  const fits = fitsQuery(query)
  const asked = query.get('resourceVersion') ?? ''
  response.writeHead(200, { 'content-type': 'application/json', 'transfer-encoding': 'chunked' })
  response.flushHeaders()
  const send = (type: string, object: object): void => void response.write(`${JSON.stringify({ type, object })}\n`)
  const typed = (object: Obj): Obj => ({ ...object, apiVersion: apiVersionOf(kind), kind: kind.kind })
  const tell = (change: Change): void => {
    if (change.resource !== resourceOf(kind)) return
    const { object, before } = change
    if (namespace !== undefined && object.metadata.namespace !== namespace) return
    // What leaves the selection looks deleted to who watches it, and what enters it looks new.
    const was = before !== undefined && fits(before)
    const is = change.type !== 'DELETED' && fits(object)
    if (was && is) send('MODIFIED', typed(object))
    else if (is) send('ADDED', typed(object))
    else if (was) send('DELETED', typed(object))
  }
  // Newer clients ask for the list as events, ended by a bookmark that says so.
  const listFirst = query.get('sendInitialEvents') === 'true'
  const fromNow = listFirst || asked === '' || asked === '0'
  const missed = fromNow ? [] : store.since(Number(asked))
  if (!missed) {
    send('ERROR', statusBody(new Refusal(410, 'Expired', `too old resource version: ${asked} (${store.revision()})`)))
    response.end()
    return
  }
  if (fromNow) for (const object of store.list(kind, namespace)) if (fits(object)) send('ADDED', typed(object))
  for (const change of missed) tell(change)
  const unsubscribe = store.subscribe(tell)
  const bookmark = (annotations?: object): void =>
    send('BOOKMARK', {
      apiVersion: apiVersionOf(kind),
      kind: kind.kind,
      metadata: {
        resourceVersion: String(store.revision()),
        creationTimestamp: null,
        ...(annotations && { annotations }),
      },
    })
  if (listFirst) bookmark({ 'k8s.io/initial-events-end': 'true' })
  const bookmarks = query.get('allowWatchBookmarks') === 'true' ? setInterval(() => bookmark(), 5_000) : undefined
  const end = setTimeout(() => response.end(), Number(query.get('timeoutSeconds') ?? '1800') * 1000)
  response.on('close', () => {
    clearInterval(bookmarks)
    clearTimeout(end)
    unsubscribe()
  })
}
