import { nearest } from './suggest.ts'

/** Names that kindup fills in itself, beside the `vars` of the environment. */
export const builtinPlaceholders = ['env', 'name', 'image', 'image.repository', 'image.tag'] as const

const placeholder = /\{([A-Za-z_][\w.-]*(?::\d+(?:\/(?:udp|sctp))?)?)\}/g

/** What stands for a host port: `{port:80}`, `{port:53/udp}`. */
type Mapped = {
  readonly hostPort: number
  readonly nodePort: number
  readonly protocol: 'tcp' | 'udp' | 'sctp'
  readonly bound?: number
}

/**
 * `port:N` → the host port that is bound, for every mapping: N is the host port that the file has or, where none has
 * it, the port of the node. Undefined while it is any free one and nobody has chosen it yet.
 */
export const portPlaceholders = (ports: readonly Mapped[]): Readonly<Record<string, string | undefined>> => {
  const found: Record<string, string | undefined> = {}
  const add = (port: number, { protocol, bound, hostPort }: Mapped): void => {
    const to = bound ?? (hostPort === 0 ? undefined : hostPort)
    const name = `port:${port}${protocol === 'tcp' ? '' : `/${protocol}`}`
    if (!(name in found)) found[name] = to === undefined ? undefined : String(to)
  }
  for (const port of ports) if (port.hostPort !== 0) add(port.hostPort, port)
  for (const port of ports) add(port.nodePort, port)
  return found
}

/** Replaces `{name}` for the names that `values` has. Every other brace stays as it is, and what was filled in is not looked at again. */
export const fillPlaceholders = (text: string, values: Readonly<Record<string, string>>): string =>
  text.replace(placeholder, (whole, name: string) => (Object.hasOwn(values, name) ? values[name]! : whole))

/** The names that stand in braces in a text and are not known but look like one that is: `{enviroment}` for `env`. */
export const misspeltPlaceholders = (
  text: string,
  known: readonly string[],
): readonly { readonly written: string; readonly meant: string }[] => {
  if (!text.includes('{')) return []
  const found: { written: string; meant: string }[] = []
  for (const { 1: written, index } of text.matchAll(placeholder)) {
    // `$${NAME}` in the file is meant for somebody else.
    if (written === undefined || text[index - 1] === '$' || known.includes(written)) continue
    // `{environment}` is no few edits from `{env}`, and begins like it.
    // `{port:8080}`, and no node maps it.
    const meant =
      (written.startsWith('port:') ? known.find((name) => name.startsWith('port:')) : undefined) ??
      nearest(written, known) ??
      known.find((name) => name.length > 2 && written.startsWith(name))
    if (meant !== undefined) found.push({ written, meant })
  }
  return found
}

/** What stands in braces and looks like a placeholder. */
export const placeholdersIn = (text: string): readonly string[] =>
  [...text.matchAll(placeholder)].map(([, name]) => name ?? '')

/** Whether something in braces is left that looks like a placeholder. */
export const hasPlaceholder = (text: string): boolean => text.search(placeholder) >= 0
