import type { Remotes } from '../config/remote/included.ts'
import type { App, Elsewhere } from './app.ts'

/** That of a run which has asked of nothing yet. */
export const makeElsewhere = (): Elsewhere => ({
  command: '',
  trust: [],
  quiet: false,
  commits: new Set(),
  fetched: new Map(),
  agreed: new Map(),
})

/** What a run does about files that a file of this machine includes from elsewhere. Most include none, and load nothing for it. */
export const remotesOf = (app: App): Remotes => ({
  fetch: async (address, from) => (await import('./remote/fetch-included.ts')).fetchIncluded(app, address, from),
  trust: async (whole) => (await import('./remote/trust-included.ts')).trustIncluded(app, whole),
})
