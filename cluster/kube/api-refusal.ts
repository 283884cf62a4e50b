import { EnvironmentError } from '../../core/errors.ts'

/** What is wrong with one field; `field` as Kubernetes writes paths, empty where the API names none. */
export type Cause = { readonly field: string; readonly message: string }

type Answered = { readonly status: number; readonly said: string; readonly causes: readonly Cause[] }

/** The API answered, and the answer is no (`api-refused`). */
export class ApiRefusal extends EnvironmentError {
  /** Of HTTP. */
  readonly status: number
  /** The API's own sentence. */
  readonly said: string
  readonly causes: readonly Cause[]

  constructor(message: string, { status, said, causes }: Answered) {
    super('api-refused', message)
    this.status = status
    this.said = said
    this.causes = causes
  }
}
