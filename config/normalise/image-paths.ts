import type { ImagePathConfig } from '../config.ts'
import { parseDotted } from '../parse/dotted.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { FileConfig } from '../schema/file.ts'
import type { Scope } from './scope.ts'

/** The section `imagePaths`, its paths taken apart. */
export const normaliseImagePaths = (file: FileConfig, { findings }: Scope): readonly ImagePathConfig[] =>
  (file.imagePaths ?? []).flatMap(({ kind, path: written }, index) => {
    const path = parseDotted(written.replace(/^\$?\./, ''))
    if (path !== undefined) return [{ kind, path }]
    const at: Path = ['imagePaths', index, 'path']
    findings.error({
      path: at,
      message: `${showPath(at)} is ${JSON.stringify(written)}, which is no path into an object.`,
      hint: 'Write keys with dots between them, and [] for every element of a list: spec.sidecars[].image',
    })
    return []
  })
