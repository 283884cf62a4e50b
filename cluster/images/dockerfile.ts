/** What a Dockerfile takes from other images: the references of FROM, COPY --from and RUN --mount, stages left out. */
export const baseReferences = (dockerfile: string, args: Readonly<Record<string, string>>): readonly string[] => {
  const variables: Record<string, string> = {}
  const stages = new Set<string>()
  const found = new Set<string>()
  let stage = false
  const take = (reference: string): void => {
    const text = substituted(reference, variables)
    // A number names a stage by its place; `scratch` is no image.
    if (text !== '' && text !== 'scratch' && !/^\d+$/.test(text) && !stages.has(text.toLowerCase())) found.add(text)
  }
  for (const instruction of instructions(dockerfile)) {
    const [, word = '', rest = ''] = /^(\w+)\s+([\s\S]*)$/.exec(instruction) ?? []
    if (/^arg$/i.test(word) && !stage) Object.assign(variables, declared(rest, args, variables))
    else if (/^from$/i.test(word)) {
      stage = true
      const [, reference = '', name] = /^(?:--\S+\s+)*(\S+)(?:\s+as\s+(\S+))?/i.exec(rest) ?? []
      take(reference)
      if (name !== undefined) stages.add(name.toLowerCase())
    } else if (/^(copy|add)$/i.test(word))
      for (const [, from = ''] of rest.matchAll(/(?:^|\s)--from=(\S+)/g)) take(from)
    else if (/^run$/i.test(word))
      for (const [, mount = ''] of rest.matchAll(/(?:^|\s)--mount=(\S+)/g))
        for (const [, from = ''] of mount.matchAll(/(?:^|,)from=([^,]+)/g)) take(from)
  }
  return [...found]
}

/** Instructions with their continued lines joined; comments and empty lines left out. */
const instructions = (dockerfile: string): readonly string[] => {
  // A directive may move the escape to a backtick, for Windows paths.
  const escape = /^#\s*escape\s*=\s*`/im.test(dockerfile) ? '`' : '\\'
  const found: string[] = []
  let open = ''
  for (const line of dockerfile.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    if (text.endsWith(escape)) open += `${text.slice(0, -1)} `
    else {
      found.push(open + text)
      open = ''
    }
  }
  return open === '' ? found : [...found, open]
}

/** `ARG a b=1`: the value given to the build, or else the default. */
const declared = (
  rest: string,
  args: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    rest
      .split(/\s+/)
      .filter((word) => word !== '')
      .map((word) => {
        const [name = '', ...value] = word.split('=')
        const written = value.join('=').replace(/^(["'])(.*)\1$/, '$2')
        return [name, args[name] ?? substituted(written, variables)]
      }),
  )

const substituted = (text: string, variables: Readonly<Record<string, string>>): string =>
  text
    .replace(/^(["'])(.*)\1$/, '$2')
    .replaceAll(
      /\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})/g,
      (_whole, bare: string | undefined, braced: string | undefined, operator?: string, word = '') => {
        const value = variables[bare ?? braced ?? ''] ?? ''
        if (operator?.endsWith('-')) return value === '' ? word : value
        if (operator?.endsWith('+')) return value === '' ? '' : word
        return value
      },
    )
