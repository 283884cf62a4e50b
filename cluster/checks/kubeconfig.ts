import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from '../../core/errors.ts'
import { readCurrentContext } from '../kubeconfig/kubeconfig.ts'
import type { Check } from './check.ts'

export const kubeconfigCheck: Check = {
  id: 'kubeconfig',
  title: 'the kubeconfig can be read and written',
  run: async ({ kubeconfigFile: file }) => {
    const context = await readCurrentContext(file)
    const closed = await refusedBy(file)
    if (closed !== undefined)
      return { state: 'failed', cause: `No write permission for ${closed}.`, fix: `ls -ld '${closed}'` }
    return { state: 'ok', evidence: `${file}${context === undefined ? '' : `, current context ${context}`}` }
  },
}

/** The file, or the nearest thing above that is there, that gives no write permission. */
const refusedBy = async (path: string): Promise<string | undefined> => {
  try {
    await access(path, constants.W_OK)
    return undefined
  } catch (error) {
    const isMissing = systemCode(error) === 'ENOENT'
    return isMissing && dirname(path) !== path ? refusedBy(dirname(path)) : path
  }
}
