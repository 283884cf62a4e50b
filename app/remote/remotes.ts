import type { Remotes } from '../../config/remote/included.ts'
import type { App } from '../app.ts'

/** What a run does about files that a file of this machine includes from elsewhere. Most include none, and load nothing for it. */
export const remotesOf = (app: App): Remotes => ({
  fetch: async (address, from) => (await import('./fetch-included.ts')).fetchIncluded(app, address, from),
  trust: async (whole) => (await import('./trust-included.ts')).trustIncluded(app, whole),
})
