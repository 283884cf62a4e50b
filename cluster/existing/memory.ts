import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { textAt } from '../../core/fields.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { stateFolder } from '../../core/paths.ts'

type Env = Readonly<Record<string, string | undefined>>

/** One cluster that somebody agreed to: by its own id, because contexts are renamed and led elsewhere. */
type Agreed = { readonly context: string; readonly uid: string }

const agreedFile = (agreed: Agreed, env: Env): string =>
  join(stateFolder(env), 'contexts', `${hashOf([agreed.context, agreed.uid])}.json`)

/** Whether this user agreed before that kindup changes the cluster of a context. */
export const isAgreed = async (agreed: Agreed, env: Env): Promise<boolean> => {
  const text = await readFile(agreedFile(agreed, env), 'utf8').catch(() => '{}')
  return textAt(parsed(text), 'uid') === agreed.uid
}

export const rememberAgreed = (agreed: Agreed, env: Env): Promise<void> =>
  writeFileAtomic(agreedFile(agreed, env), `${JSON.stringify({ ...agreed, at: new Date().toISOString() })}\n`, {
    mode: 0o600,
  })

const nameFile = (name: string, env: Env): string => join(stateFolder(env), 'clusters', `${hashOf(name)}.json`)

/** The context that a name was brought up in: `down --name` works without the file. */
export const rememberedContext = async (name: string, env: Env): Promise<string | undefined> =>
  textAt(parsed(await readFile(nameFile(name, env), 'utf8').catch(() => '{}')), 'context')

export const rememberContext = (name: string, context: string, env: Env): Promise<void> =>
  writeFileAtomic(nameFile(name, env), `${JSON.stringify({ name, context })}\n`, { mode: 0o600 })

export const forgetContext = (name: string, env: Env): Promise<void> => rm(nameFile(name, env), { force: true })

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
