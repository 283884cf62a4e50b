import { existsSync } from 'node:fs'
import { isOnPath } from '../cluster/tools/on-path.ts'
import { exit } from '../core/errors.ts'
import type { Terminal } from '../core/print/terminal.ts'
import { authorityFiles, authorityFolder } from '../trust/authority.ts'
import { removeAuthority } from '../trust/remove-authority.ts'
import { storesHere } from '../trust/stores/here.ts'
import type { Store } from '../trust/stores/store.ts'
import { forgetTrusted, readTrusted } from '../trust/trusted.ts'
import type { App, CommonFlags, End } from '../app/app.ts'
import { runOf } from '../app/run-of.ts'
import { agree, depsOf, resultOf, sayResults, whyOf, type StoreResult } from './trust.ts'

/** `untrust`: takes out of the stores what `trust` put in, and deletes kindup's own authority. mkcert's stays. */
export const untrust = async (app: App, flags: CommonFlags, end: End): Promise<void> => {
  const terminal = app.terminal(flags)
  const run = runOf(app)
  const folder = authorityFolder(app.env)
  const trusted = await readTrusted(folder)
  const results: StoreResult[] = []
  const { stores, lacking } = await storesHere(
    depsOf(app, run, trusted?.file ?? authorityFiles(folder).certificate),
    (name) => isOnPath(name, app.env),
  )
  const due: { readonly store: Store; readonly fingerprints: readonly string[] }[] = []
  for (const store of stores) {
    const noted = trusted?.stores.includes(store.id) === true ? [trusted.fingerprint] : []
    // Where the note is gone, with the folder that it stood in, stores tell themselves.
    const fingerprints = trusted ? noted : await ownIn(store, terminal)
    if (fingerprints.length > 0) due.push({ store, fingerprints })
  }
  if (due.length > 0)
    await agree(
      due.map(({ store }) => store),
      {
        what: 'These are to trust it no longer:',
        question: 'Take it out?',
        app,
        flags,
        terminal,
        run,
      },
    )
  for (const { store, fingerprints } of due)
    results.push(
      await resultOf(store, 'removed', async () => {
        for (const fingerprint of fingerprints) await store.remove(fingerprint)
      }),
    )
  if (trusted) {
    // Where a program is gone that would take it out, it is still in there: the record stays for the next try.
    const left = trusted.stores.filter((id) => !stores.some((store) => store.id === id))
    if (lacking.length > 0)
      for (const id of left) results.push({ id, title: id, state: 'failed', why: lacking.join(' ') })
  }
  const failed = results.some(({ state }) => state === 'failed')
  const { certificate } = authorityFiles(folder)
  const isOwn = existsSync(certificate)
  if (!failed) {
    await forgetTrusted(folder)
    await removeAuthority(app.env)
  }
  const { json, out, outColour: colour } = terminal
  if (flags.json) json({ stores: results, removed: isOwn && !failed ? [certificate] : [] })
  else {
    sayResults(results, terminal)
    if (isOwn && !failed) out(`${colour.red('-')} ${certificate}, and its key: the next \`kindup up\` makes another`)
    if (results.length === 0 && !isOwn) out('Nothing here trusts a certificate authority of kindup.')
  }
  if (failed) end(exit.failed)
}

const ownIn = async (store: Store, { err, colour }: Terminal): Promise<readonly string[]> => {
  try {
    return (await store.own?.()) ?? []
  } catch (error) {
    err(`${colour.yellow('!')} ${store.title}: ${whyOf(error)}`)
    return []
  }
}
