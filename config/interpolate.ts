export type Env = Readonly<Record<string, string | undefined>>

export type Interpolated = {
  readonly text: string
  /** The text was one variable and nothing else, so that it may stand for a number or a boolean. */
  readonly whole: boolean
  readonly troubles: readonly { readonly offset: number; readonly message: string; readonly hint: string }[]
}

const name = /^[A-Za-z_]\w*$/

/** Replaces `${VAR}`, `${VAR:-default}` and `$$`. An empty variable counts as missing; what was put in is not looked at again. */
export const interpolate = (text: string, env: Env): Interpolated => {
  const troubles: { offset: number; message: string; hint: string }[] = []
  let result = ''
  let whole = false
  for (let at = 0; at < text.length;) {
    const two = text.slice(at, at + 2)
    if (two === '$$') {
      result += '$'
      at += 2
    } else if (two === '${') {
      const end = closingBrace(text, at + 2)
      const inner = end === undefined ? undefined : text.slice(at + 2, end)
      const [, variable, fallback] = /^(.*?)(?::-(.*))?$/s.exec(inner ?? '') ?? []
      if (inner === undefined || variable === undefined || !name.test(variable)) {
        troubles.push({
          offset: at,
          message: inner === undefined ? 'A "${" is not closed.' : `\${${inner}} is no variable.`,
          hint: 'Write ${VAR}, ${VAR:-default}, or $$ for a dollar sign.',
        })
        return { text, whole: false, troubles }
      }
      whole = at === 0 && end === text.length - 1
      const value = env[variable]
      if (value !== undefined && value !== '') {
        result += value
      } else if (fallback === undefined) {
        troubles.push({
          offset: at,
          message: `The environment variable ${variable} is ${value === '' ? 'empty' : 'not set'}.`,
          hint: `Set it (export ${variable}=…), or give a default: \${${variable}:-default}`,
        })
      } else {
        const inside = interpolate(fallback, env)
        result += inside.text
        troubles.push(...inside.troubles.map((trouble) => ({ ...trouble, offset: trouble.offset + at })))
      }
      at = (end ?? at) + 1
    } else {
      result += text[at]
      at += 1
    }
  }
  return { text: result, whole, troubles }
}

/** Defaults may hold pairs of braces: `${PATH_OF:-./{env}/x}`. */
const closingBrace = (text: string, from: number): number | undefined => {
  let depth = 1
  for (let at = from; at < text.length; at++) {
    if (text[at] === '{') depth += 1
    if (text[at] === '}') depth -= 1
    if (depth === 0) return at
  }
  return undefined
}

/** What YAML would read an unquoted text as, where nothing of the text is lost by it. */
export const asNumberOrBoolean = (text: string): number | boolean | undefined => {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) === text ? Number(text) : undefined
}
