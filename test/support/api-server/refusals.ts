/** An answer that is a failure, with the body that a real server gives. */
export class Refusal extends Error {
  readonly code: number
  readonly reason: string
  readonly details: Record<string, unknown>
  constructor(code: number, reason: string, message: string, details: Record<string, unknown> = {}) {
    super(message)
    this.code = code
    this.reason = reason
    this.details = details
  }
}

export const statusBody = ({ code, reason, message, details }: Refusal): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  details,
  code,
})

type Resource = { readonly group: string; readonly plural: string; readonly kind: string }

const nameOf = ({ group, plural }: Resource): string => (group === '' ? plural : `${plural}.${group}`)

export const notFound = (resource: Resource, name: string): Refusal =>
  new Refusal(404, 'NotFound', `${nameOf(resource)} "${name}" not found`, {
    name,
    group: resource.group,
    kind: resource.plural,
  })

export const unknownPath = (): Refusal =>
  new Refusal(404, 'NotFound', 'the server could not find the requested resource', {})

export const alreadyExists = (resource: Resource, name: string): Refusal =>
  new Refusal(409, 'AlreadyExists', `${nameOf(resource)} "${name}" already exists`, { name, kind: resource.plural })

export const conflict = (resource: Resource, name: string): Refusal =>
  new Refusal(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${nameOf(resource)} "${name}": the object has been modified; please apply your changes to the latest version and try again`,
    { name, kind: resource.plural },
  )

export type Cause = { readonly field: string; readonly message: string }

export const invalid = (resource: Resource, name: string, causes: readonly Cause[]): Refusal => {
  const said = causes.map(({ field, message }) => `${field}: ${message}`)
  const all = said.length === 1 ? said[0] : `[${said.join(', ')}]`
  const type = resource.group === '' ? resource.kind : `${resource.kind}.${resource.group}`
  return new Refusal(422, 'Invalid', `${type} "${name}" is invalid: ${all}`, {
    name,
    group: resource.group,
    kind: resource.kind,
    causes: causes.map(({ field, message }) => ({ reason: 'FieldValueInvalid', message, field })),
  })
}

export const badRequest = (message: string): Refusal => new Refusal(400, 'BadRequest', message)
