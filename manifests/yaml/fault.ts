import { readFileSync } from 'node:fs'
import type { Place } from '../../core/problem.ts'
import { inFile, parseObjects, type Reader } from './parse.ts'

/** Where a file is no YAML for a tool that tells no line; the file alone where all of it is, or where it cannot be read. */
export const yamlFault = (file: string, reader: Reader): Place => {
  try {
    const { problems } = parseObjects(readFileSync(file, 'utf8'), { reader, place: inFile(file) })
    return problems.find(({ message }) => message.startsWith('This is no valid YAML'))?.at ?? { file }
  } catch {
    return { file }
  }
}
