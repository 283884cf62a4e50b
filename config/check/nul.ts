import type { FileConfig } from '../schema/file.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

/** Texts with a NUL: no path, argument, variable or name may have one, and Node throws where it meets it. */
export const checkNul = (file: FileConfig, { findings }: Checked): void => {
  const probe = (value: unknown, path: Path): void => {
    if (typeof value === 'string') {
      if (value.includes('\0'))
        findings.error({ path, message: `${showPath(path)} holds a NUL character.`, hint: 'Take \\0 out of it.' })
    } else if (value !== null && typeof value === 'object')
      for (const [key, inner] of Array.isArray(value) ? value.entries() : Object.entries(value))
        probe(inner, [...path, key])
  }
  probe(file, [])
}
