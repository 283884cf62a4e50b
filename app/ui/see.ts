import { createHash } from 'node:crypto'
import { cacheFolder } from '../../core/paths.ts'
import type { Credential } from '../../core/step.ts'
import { isHealthy, whyOf, type Board } from '../board/board.ts'
import type { Look } from '../board/look.ts'
import type { App } from '../app.ts'
import { readLastRun } from '../page/last-run.ts'
import { commandOf } from '../page/of-run.ts'
import { readTests } from '../page/last-tests.ts'
import { credentialLine, environmentParts } from '../page/of-environment.ts'
import type { Mark, Page } from '../page/page.ts'
import { secretsOf, withoutSecrets } from '../page/without-secrets.ts'
import { version } from '../version.ts'
import type { Why } from './why-beside.ts'

/** A page of how an environment stands, and what tells one to whoever asks for it by its key. */
export type Sight = { readonly page: Page; readonly passwords: ReadonlyMap<string, string> }

type Options = {
  /** Passwords of logins: to be asked for by their keys where somebody answers, in the page, or not at all. */
  readonly passwords?: 'asked' | 'shown' | 'hidden'
  /** What is known of why something is not well. */
  readonly why?: (isWell: boolean) => Why | undefined
}

/** Looks once, as `status --watch` does. */
export const see = async (
  app: Pick<App, 'argv' | 'env' | 'signal'>,
  look: Look,
  { passwords = 'asked', why }: Options = {},
): Promise<Sight> => {
  const { environment } = look
  const board = await look.look()
  const { credentials = [] } = board
  const keyed = credentials.map((one) => ({ one, key: keyOf(one) }))
  const parts = environment ? await environmentParts(environment, app.signal) : { nodes: [], workloads: [] }
  const [timeline, tests] = await Promise.all([
    readLastRun(cacheFolder(app.env), board.name),
    readTests(cacheFolder(app.env), board.name),
  ])
  const page: Page = {
    name: board.name,
    command: commandOf(app.argv),
    version: version(),
    at: new Date().toISOString(),
    verdict: verdictOf(board),
    causes: [],
    isLook: true,
    ...(timeline && { timeline }),
    steps: [...board.statuses].map(([id, status]) => ({
      id,
      mark: markOf(status.state),
      state: status.state,
      why: whyOf(status),
    })),
    ...parts,
    endpoints: board.endpoints.map(({ name, url, answers, said }) => ({ name, url, answer: { ok: answers, said } })),
    credentials: keyed.map(({ one, key }) =>
      credentialLine(one, passwords === 'asked' ? { key } : { shown: passwords === 'shown' }),
    ),
    smoke: tests.filter(({ step }) => board.statuses.has(step)),
    warnings: [],
    logs: [],
    ...why?.(isHealthy(board)),
  }
  const secrets = secretsOf(app.env, environment?.secrets.hidden, credentials)
  return {
    page: withoutSecrets(page, secrets, passwords === 'shown'),
    passwords: new Map(keyed.flatMap(({ one, key }) => (one.password === undefined ? [] : [[key, one.password]]))),
  }
}

/** The same for the same login at each look, however many there are; its password is no part of it. */
const keyOf = ({ name, url, username, step }: Credential): string =>
  createHash('sha256')
    .update(JSON.stringify([name, url, username, step]))
    .digest('hex')
    .slice(0, 32)

const markOf = (state: string): Mark => (state === 'ready' ? 'well' : state === 'broken' ? 'failed' : 'doubtful')

const verdictOf = (board: Board): Page['verdict'] => {
  const { statuses, endpoints } = board
  const ready = [...statuses.values()].filter(({ state }) => state === 'ready').length
  const answer = endpoints.filter(({ answers }) => answers).length
  const text = `${ready} of ${statuses.size} steps ready${endpoints.length > 0 ? `, ${answer} of ${endpoints.length} endpoints answer` : ''}`
  const isBroken = [...statuses.values()].some(({ state }) => state === 'broken') || answer < endpoints.length
  return { mark: isHealthy(board) ? 'well' : isBroken ? 'failed' : 'doubtful', text }
}
