import { statSync } from 'node:fs'
import { kernelFolder } from '../../core/kernel-folder.ts'
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
  else if (isFolder(file))
    findings.error({ path, message: `hosts.file is ${file}, which is a folder.`, hint: 'For example: file: ./hosts' })
}

const isFolder = (path: string): boolean => {
  try {
    return statSync(path).isDirectory()
  } catch {
    return false
  }
}
