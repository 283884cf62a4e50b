/** What a step is of. `name` is left out where there is one of its kind, `environment` where it belongs to none. */
export type Identity = {
  /** `addon`, `service`, `cluster`, `hosts`. */
  readonly kind: string
  readonly name?: string
  readonly environment?: string
}

/** The id that people and documents see: `addon/argocd`, `service/web@dev`, `hosts`. Nothing is read back from it. */
export const idOf = ({ kind, name, environment }: Identity): string =>
  `${kind}${name === undefined ? '' : `/${name}`}${environment === undefined ? '' : `@${environment}`}`

/** Both, for what carries them. */
export const identified = <Of extends Identity>(of: Of): { readonly id: string; readonly of: Of } => ({
  id: idOf(of),
  of,
})

/** Whether a pattern as people write it (`addon/*`) means the step. A service without its environment is meant in all of them. */
export const fits = (pattern: string): ((step: { readonly of: Identity }) => boolean) => {
  const expression = new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, String.raw`\$&`))
      .join('.*')}$`,
  )
  const inAll = !pattern.includes('@')
  return ({ of }) => {
    const { environment: _any, ...inEach } = of
    return expression.test(idOf(of)) || (inAll && expression.test(idOf(inEach)))
  }
}

/**
 * What a text names that people wrote (`needs:`, the services of `undeploy`), or that kindup remembered before it remembered
 * identities. The one place that takes an id to pieces.
 */
export const readId = (text: string): Identity => {
  const [, kind = '', rest = ''] = /^([^/]*)\/?(.*)$/s.exec(text) ?? []
  const [, service = '', environment] = /^([^@]*)(?:@(.+))?$/s.exec(rest) ?? []
  return kind === 'service'
    ? { kind, name: service, ...(environment !== undefined && { environment }) }
    : { kind, ...(rest !== '' && { name: rest }) }
}

/** What somebody types for it: `web@dev`, `addon/argocd`. The other way round of `readService` and `fits`. */
export const wordFor = ({ kind, ...of }: Identity): string =>
  kind === 'service' ? idOf({ kind, ...of }).slice('service/'.length) : idOf({ kind, ...of })

/** The service that a word of the command line names: `web`, `web@dev`, `service/web@dev`; undefined for what is none. */
export const readService = (word: string): { readonly service: string; readonly environment?: string } | undefined => {
  const { kind, name = '', environment } = readId(word.includes('/') ? word : idOf({ kind: 'service', name: word }))
  return kind === 'service' ? { service: name, ...(environment !== undefined && { environment }) } : undefined
}
