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

/** What is made of files, by a name of its own; made once for as long as they are kept. */
export type OfFiles = <T>(name: string, make: () => T) => T

/** Makes it each time. */
export const makeNow: OfFiles = (_name, make) => make()

/** Makes what is asked for by one name once, for as long as this is kept. */
export const makeOfFiles = (): OfFiles => {
  const made = new Map<string, unknown>()
  return <T>(name: string, make: () => T): T => {
    if (!made.has(name)) made.set(name, make())
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- by one name there is one kind of thing
    return made.get(name) as T
  }
}
