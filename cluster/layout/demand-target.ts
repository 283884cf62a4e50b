import { constants } from 'node:fs'
import { access, mkdir, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { ConfigError, systemCode } from '../../core/errors.ts'
import { kernelFolder } from '../../core/kernel-folder.ts'
import { whyNotWritten } from './file-trouble.ts'

/**
 * Makes the folder of a file that is to be written, as `mkdir -p` does, before hours of downloads, or a cluster that stands still, are
 * for nothing. `example`: what such a file could be called. Throws ConfigError `file-not-written` where no file can be written there.
 */
export const demandTarget = async (file: string, example: string): Promise<void> => {
  const code = 'file-not-written'
  const kernels = kernelFolder(file)
  if (kernels !== undefined)
    throw new ConfigError(
      `${file} leads into ${kernels}, which is the kernel's and no disk: nothing can be written there.`,
      {
        code,
        hints: [`Name a file on a disk: ./${example}`],
      },
    )
  try {
    await mkdir(dirname(file), { recursive: true })
    await access(dirname(file), constants.W_OK)
  } catch (cause) {
    // Mkdir says so of a file that stands in the place of the folder.
    const why = systemCode(cause) === 'EEXIST' ? `${dirname(file)} is a file` : whyNotWritten(cause)
    throw why === undefined ? cause : new ConfigError(`${file} cannot be written: ${why}.`, { code, cause })
  }
  const there = await stat(file).catch((cause: unknown) => {
    if (systemCode(cause) === 'ENOENT') return undefined
    throw new ConfigError(`${file} cannot be written: ${whyNotWritten(cause) ?? 'it cannot be read'}.`, { code, cause })
  })
  if (there && !there.isFile() && !there.isDirectory())
    throw new ConfigError(`${file} is a pipe or a device, and a file is to be written there.`, {
      code,
      hints: [`Name a file: ./${example}`],
    })
  if (there?.isDirectory())
    throw new ConfigError(`${file} is a folder, and a file is to be written there.`, {
      code,
      hints: [`Name a file in it: ${file}/${example}`],
    })
}
