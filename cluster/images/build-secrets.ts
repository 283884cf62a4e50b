import { readFile } from 'node:fs/promises'
import type { BuildConfig } from '../../config/config.ts'

type Env = Readonly<Record<string, string | undefined>>

/** Shorter lines are met anywhere; longer files are no passwords. */
const [shortest, longest] = [8, 64 * 1024]

/** What a build must not print of its secrets: values of variables; files, and each of their lines. */
export const buildSecretTexts = async ({ secrets = [] }: BuildConfig, env: Env): Promise<readonly string[]> =>
  (await Promise.all(secrets.map(async (secret) => ('env' in secret ? [env[secret.env] ?? ''] : linesOf(secret.file)))))
    .flat()
    .filter((text) => text !== '')

const linesOf = async (file: string): Promise<readonly string[]> => {
  const text = await readFile(file, 'utf8').catch(() => '')
  if (text.length > longest) return []
  return text
    .split(/\r?\n/)
    .flatMap((line) => [line.trim(), line.slice(line.indexOf('=') + 1).trim()])
    .filter((line) => line.length >= shortest && !line.startsWith('#'))
}
