import { kernelFolder } from '../../core/kernel-folder.ts'
import { unwritable } from '../../core/unwritable.ts'
import type { Checked } from './known.ts'

/** A hosts file that no program could write. */
export const checkHostsFile = ({ config, findings, sourceMap }: Checked): void => {
  const path = ['hosts', 'file']
  const { file } = config.hosts
  if (sourceMap.spot(path) === undefined || file.includes('\0')) return
  const folder = kernelFolder(file)
  if (folder !== undefined)
    findings.error({
      path,
      message: `hosts.file is ${file}, in ${folder}, which is the kernel's and no disk: nothing can be written there.`,
      hint: 'For example: file: ./hosts',
    })
  else {
    const trouble = unwritable(file, 'text')
    // Whose permissions are missing there is asked for.
    if (trouble && !trouble.isRefused)
      findings.error({
        path,
        message: `hosts.file is ${file}, and cannot be written: ${trouble.why}.`,
        hint: 'For example: file: ./hosts',
      })
  }
}
