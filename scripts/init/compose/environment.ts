import { isRecord } from '../../../core/is-record.ts'
import { textOf } from './text-of.ts'
import { piecesOf, type Piece } from './variables.ts'

/** A variable of a container, as a manifest has it. */
export type EnvEntry =
  | { readonly name: string; readonly value: string }
  | {
      readonly name: string
      readonly valueFrom: { readonly secretKeyRef: { readonly name: string; readonly key: string } }
    }

export type Surroundings = {
  /** The Secret that holds what `.env` or the shell gives. */
  readonly secret: string
  /** Names that `.env` has. */
  readonly dotenv: ReadonlySet<string>
}

/**
 * The variables of `environment`. What `.env` or the shell would fill in comes from a Secret: no password gets into a
 * manifest. `fromShell` is told of variables that only the shell can give.
 */
export const environmentOf = (
  written: unknown,
  { secret, dotenv }: Surroundings,
  fromShell: (name: string) => void,
): readonly EnvEntry[] => {
  const pairs = pairsOf(written)
  const fromSecret = (name: string, key: string): EnvEntry => {
    if (!dotenv.has(key)) fromShell(key)
    return { name, valueFrom: { secretKeyRef: { name: secret, key } } }
  }
  // A value may name only what stands before it.
  const before = new Map<string, EnvEntry>()
  const entries = pairs.map(([name, pieces]): EnvEntry => {
    const [first] = pieces
    if (pieces.length === 1 && typeof first === 'object' && isGiven(first, dotenv)) return fromSecret(name, first.name)
    const value = pieces
      .map((piece) => {
        if (typeof piece === 'string') return literal(piece)
        if (!isGiven(piece, dotenv)) return literal(piece.usual ?? '')
        const own = pairs.some(([other]) => other === piece.name) ? `${piece.name}_GIVEN` : piece.name
        before.set(own, fromSecret(own, piece.name))
        return `$(${own})`
      })
      .join('')
    return { name, value }
  })
  return [...before.values(), ...entries]
}

/** Whether a variable has a value that the file does not. */
const isGiven = ({ name, usual }: Exclude<Piece, string>, dotenv: ReadonlySet<string>): boolean =>
  dotenv.has(name) || usual === undefined

/** Kubernetes would fill in `$(NAME)`. */
export const literal = (text: string): string => text.replaceAll('$(', '$$$$(')

const pairsOf = (written: unknown): readonly (readonly [string, readonly Piece[]])[] => {
  const pairs = isRecord(written)
    ? Object.entries(written)
    : Array.isArray(written)
      ? written.map(String).map((line): readonly [string, unknown] => {
          const [, name = line, value = null] = /^([^=]*)=([\s\S]*)$/.exec(line) ?? []
          return [name, value]
        })
      : []
  return pairs.map(([name, value]) => [
    name,
    // Without a value it is that of the shell.
    value === null || value === undefined ? [{ name, usual: undefined }] : piecesOf(textOf(value)),
  ])
}
