import { EnvironmentError } from '../../core/errors.ts'

/** Files cannot go into the running containers, for a reason that one sentence tells: the image has to be built. */
export class SyncRefused extends EnvironmentError {
  constructor(why: string) {
    super('sync-refused', why)
  }
}
