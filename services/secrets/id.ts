import { idOf } from '../../core/identity.ts'

/** The step of a secret of the file. */
export const secretId = (key: string): string => idOf({ kind: 'secret', name: key })
