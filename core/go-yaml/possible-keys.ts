import { columnOf, YamlError, type Cursor } from './cursor.ts'

/** What may turn out to be a key once a colon follows on the same line. */
export type PossibleKey = {
  /** The number of the token that begins it. */
  readonly token: number
  readonly start: number
  readonly line: number
  readonly column: number
  /** Nothing but a key may stand here. */
  readonly required: boolean
}

/** As far as a colon may be from the beginning of its key. */
const longestKey = 1024

/** Go's own limit is ten times as high; no object of Kubernetes comes near. */
const deepest = 1000

/** Throws YamlError for a block or bracket that has as many around it. */
export const refuseDepth = (depth: number, start: number): void => {
  if (depth >= deepest) throw new YamlError(`nested deeper than ${deepest} levels`, start)
}

/** The keys that are possible where the reader stands: one for the block, and one for each bracket that is open. */
export const possibleKeys = (cursor: Cursor) => {
  const keys: (PossibleKey | undefined)[] = [undefined]
  /** Token number → its place in `keys`. */
  const levels = new Map<number, number>()

  const isStillPossible = (key: PossibleKey): boolean => {
    if (key.line === cursor.line && key.start + longestKey >= cursor.at) return true
    if (key.required) throw noColon(key)
    return false
  }
  const drop = () => {
    const key = keys.at(-1)
    if (key) levels.delete(key.token)
    keys[keys.length - 1] = undefined
  }
  const forget = () => {
    const key = keys.at(-1)
    if (key?.required) throw noColon(key)
    drop()
  }
  return {
    inFlow: (): boolean => keys.length > 1,
    openFlow: (): void => {
      refuseDepth(keys.length, cursor.at)
      keys.push(undefined)
    },
    closeFlow: (): void => {
      if (keys.length > 1) keys.pop()
    },
    /** What begins here may be a key. Throws YamlError where the one before had to be. */
    save: (token: number, required: boolean): void => {
      forget()
      keys[keys.length - 1] = { token, start: cursor.at, line: cursor.line, column: columnOf(cursor), required }
      levels.set(token, keys.length - 1)
    },
    /** Something else came. Throws YamlError where a key had to be. */
    forget,
    /** A colon came: the key before it, if there can be one. */
    take: (): PossibleKey | undefined => {
      const key = keys.at(-1)
      if (!key || !isStillPossible(key)) return undefined
      drop()
      return key
    },
    /** Whether a colon may still make this token the beginning of a key. */
    mayBeginAt: (token: number): boolean => {
      const level = levels.get(token)
      const key = level === undefined ? undefined : keys[level]
      return key !== undefined && isStillPossible(key)
    },
  }
}

const noColon = ({ start }: PossibleKey): YamlError => new YamlError("could not find expected ':'", start)
