import { stat } from 'node:fs/promises'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

/** Secrets of builds that are not there: a file, or a variable of the environment. */
export const checkBuildSecrets = async ({ config, findings, sourceMap, env }: Checked): Promise<void> => {
  for (const { key, build } of config.images)
    for (const secret of build?.secrets ?? []) {
      const path = sourceMap.written(['images', key, 'build', 'secrets', secret.id])
      if ('env' in secret) {
        if ((env[secret.env] ?? '') === '')
          findings.error({
            path,
            message: `${showPath(path)}: the variable ${secret.env} is not set, or is empty.`,
            hint: `export ${secret.env}=…`,
          })
        continue
      }
      const found = await stat(secret.file).catch(() => undefined)
      if (found?.isFile()) continue
      findings.error({
        path,
        message: `${showPath(path)}: ${found ? `${secret.file} is a folder` : `the file ${secret.file} does not exist`}.`,
        hint: 'It takes a file, or a variable of the environment: { env: NAME }',
      })
    }
}
