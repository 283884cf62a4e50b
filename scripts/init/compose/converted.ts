import type { DraftSecret, DraftService } from '../draft-service.ts'

/** What a compose file becomes where nothing else deploys what it runs. */
export type Converted = {
  readonly services: readonly DraftService[]
  /** Manifests to be written, paths from the folder. */
  readonly files: readonly { readonly path: string; readonly text: string }[]
  readonly secrets: readonly DraftSecret[]
  readonly notes: readonly string[]
}
