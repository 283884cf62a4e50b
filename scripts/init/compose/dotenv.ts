import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnvFile } from '../../../services/secrets/env-file.ts'
import { fromFolder } from '../paths.ts'

type Dotenv = {
  /** From the folder. */
  readonly path: string
  /** Empty where it is not there, or is no list of KEY=value lines. */
  readonly values: ReadonlyMap<string, string>
  readonly isWrong: boolean
}

/** `.env` beside a compose file, which fills in its variables. */
export const readDotenv = (folder: string, base: string): Dotenv => {
  const path = fromFolder(base, '.env')
  const read = readEnv(join(folder, path))
  const isWrong = read?.troubles.some(({ severity }) => severity === 'error') === true
  return {
    path,
    values: new Map((isWrong ? [] : (read?.entries ?? [])).map(({ key, value }) => [key, value])),
    isWrong,
  }
}

/** A file of KEY=value lines; undefined where none can be read. */
export const readEnv = (full: string): ReturnType<typeof parseEnvFile> | undefined => {
  const text = readText(full)
  return text === undefined ? undefined : parseEnvFile(text)
}

export const readText = (full: string): string | undefined => {
  try {
    return readFileSync(full, 'utf8')
  } catch {
    return undefined
  }
}
