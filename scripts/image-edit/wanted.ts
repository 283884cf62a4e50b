import { ConfigError } from '../../core/errors.ts'

/** One `NAME=TAG`, `NAME@DIGEST` or `NAME=TAG@DIGEST` of the command line. */
export type Wanted = {
  /** An image of a kustomization, or a dotted path of a values file. */
  readonly name: string
  /** What stands behind the `=`, whole; undefined for `NAME@DIGEST`. */
  readonly text: string | undefined
  /** Undefined where there is none, or where the text is no tag (a path may be set to any text). */
  readonly tag: string | undefined
  readonly digest: string | undefined
}

const tagForm = /^\w[\w.-]{0,127}$/
const digestForm = /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/

/** Reads the words of the command line. Throws ConfigError for what is none, and for a name that stands there twice. */
export const parseWanted = (words: readonly string[]): readonly Wanted[] => {
  const all = words.map(parseOne)
  const twice = all.find(({ name }, index) => all.findIndex((other) => other.name === name) < index)
  if (twice)
    throw wrong(`\`${twice.name}\` is given twice.`, 'Each name can have one value: NAME=TAG@DIGEST sets both.')
  return all
}

const parseOne = (word: string): Wanted => {
  const [, name = '', sign, rest = ''] = /^([^=@]*)([=@]?)(.*)$/s.exec(word) ?? []
  if (name === '' || sign === '' || rest === '')
    throw wrong(`\`${word}\` is no NAME=TAG and no NAME@DIGEST.`, hintFor(name, sign))
  if (hasControls(word)) throw wrong(`${JSON.stringify(word)} has a line end or another control character in it.`)
  if (sign === '@') return { name, text: undefined, tag: undefined, digest: checkedDigest(word, rest) }
  const [, tag = '', digest] = /^([^@]*)(?:@(sha\d+:.*))?$/s.exec(rest) ?? []
  if (!tagForm.test(tag)) return { name, text: rest, tag: undefined, digest: undefined }
  return {
    name,
    text: rest,
    tag,
    digest: digest === undefined ? undefined : checkedDigest(word, digest),
  }
}

const hasControls = (text: string): boolean => /\p{Cc}/u.test(text)

const hintFor = (name: string, sign: string | undefined): string => {
  const [, image, tag] = /^(.+):([^:/]+)$/.exec(name) ?? []
  return sign === '' && image !== undefined
    ? `${image}=${tag}`
    : 'web=1.2.3, web@sha256:…, or image.tag=1.2.3 in a values file'
}

const checkedDigest = (word: string, digest: string): string => {
  if (digestForm.test(digest)) return digest
  throw wrong(
    `\`${digest}\` in \`${word}\` is no digest.`,
    'A digest is sha256: and 64 of the digits 0-9a-f; a registry prints it on a push.',
  )
}

/** A word of the command line that cannot be used here. */
export const wrong = (message: string, hint?: string): ConfigError =>
  new ConfigError(message, { code: 'flags', ...(hint === undefined ? {} : { hints: [hint] }) })
