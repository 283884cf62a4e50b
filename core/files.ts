import { readFileSync } from 'node:fs'

/** The content of a file; undefined where none can be read. */
export type Files = (path: string) => Buffer | undefined

/** Reads what is there now. */
export const readFileNow: Files = (path) => {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}

/** Reads each file once, for as long as this is kept: several look at the same ones, for different reasons. */
export const makeFiles = (): Files => {
  const read = new Map<string, Buffer | undefined>()
  return (path) => {
    if (!read.has(path)) read.set(path, readFileNow(path))
    return read.get(path)
  }
}
