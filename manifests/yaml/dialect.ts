import type { ScalarTag, Tags } from 'yaml'

/** `go3` is what kubectl and kustomize read, `go2` what helm reads: there `yes`, `no`, `on`, `off`, `y` and `n` are booleans. */
export type Dialect = 'go2' | 'go3'

/** YAML 1.2 with what both of Go's parsers keep of 1.1: `0644` is octal, `1_000` a number. */
export const dialectTags =
  (dialect: Dialect) =>
  (tags: Tags): Tags => [...(dialect === 'go2' ? [wordyBoolean] : []), legacyOctal, binary, underscored, ...tags]

const wordyBoolean: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: () => false,
  test: /^(?:[yY]|[yY]es|YES|[nN]|[nN]o|NO|[oO]n|ON|[oO]ff|OFF)$/,
  resolve: (text) => /^(?:y|on)/i.test(text),
}

const integer = (test: RegExp, resolve: (text: string) => number): ScalarTag => ({
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test,
  resolve,
})

const signed = (text: string, digits: (rest: string) => string): number =>
  text.startsWith('-') ? -Number(digits(text.slice(1))) : Number(digits(text.replace('+', '')))

const legacyOctal = integer(/^[-+]?0[0-7_]+$/, (text) => signed(text, (rest) => `0o${rest.replaceAll('_', '')}`))
const binary = integer(/^[-+]?0b[01_]+$/, (text) => signed(text, (rest) => rest.replaceAll('_', '')))
const underscored = integer(/^[-+]?[1-9][0-9]*_[0-9_]*$/, (text) => signed(text, (rest) => rest.replaceAll('_', '')))
