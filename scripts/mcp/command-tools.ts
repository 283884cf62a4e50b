import process from 'node:process'
import { fileURLToPath } from 'node:url'
import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { App } from '../../app/app.ts'
import { runOf } from '../../app/run-of.ts'
import { isRecord } from '../../core/is-record.ts'
import type { McpFlags } from './flags.ts'

/** What a call may narrow. A word that begins with a dash would be a flag. */
const word = z.string().regex(/^[^-\s]\S*$/)
const narrowing = z.object({
  only: z.array(word).optional().describe('Only these steps and what they need, such as service/web@dev or addon/*.'),
  env: z.array(word).optional().describe('Only these environments of the file.'),
})

type Narrowing = z.infer<typeof narrowing>
type Tool = { readonly name: string; readonly command: string; readonly what: string; readonly narrows: boolean }

const tools: readonly Tool[] = [
  {
    name: 'plan',
    command: 'plan',
    what: 'What `kindup up` would do, step by step, and everything that is wrong with the file and with what it points at, each with its file and line.',
    narrows: true,
  },
  {
    name: 'status',
    command: 'status',
    what: 'How every step stands, and what is wrong in one line each.',
    narrows: true,
  },
  {
    name: 'diagnose',
    command: 'diagnose',
    what: 'Why something does not work: causes, the likeliest first, each with its evidence and what to do; and a folder with everything that was seen.',
    narrows: false,
  },
]

const apply: Tool = {
  name: 'apply',
  command: 'up',
  what: 'Makes the environment as the file says, and answers where everything is. Takes minutes. Passwords are left out.',
  narrows: true,
}

/** The commands whose documents are the answers: each call is a run of its own, which asks nothing. */
export const addCommandTools = (server: McpServer, app: App, flags: McpFlags): void => {
  for (const { name, command, what, narrows } of flags.allowApply ? [...tools, apply] : tools)
    server.registerTool(
      name,
      {
        description: what,
        inputSchema: narrows ? narrowing : z.object({}),
        annotations: { readOnlyHint: command !== 'up', openWorldHint: false },
      },
      (given: Narrowing, { mcpReq }) => {
        // A server for one environment stays with it.
        const beyond = given.env?.find((one) => flags.env.length > 0 && !flags.env.includes(one))
        if (beyond !== undefined) return refused(`This server was started for ${flags.env.join(', ')} alone.`)
        const env = given.env ?? flags.env
        return answerOf(app, [command, ...wordsOf(flags), ...narrowed({ ...given, env: [...env] })], mcpReq.signal)
      },
    )
}

const refused = (text: string) => ({ content: [{ type: 'text' as const, text }], isError: true })

/** Long enough for an `up`, whose steps have a time of their own. */
const patienceMs = 3_600_000

const answerOf = async (app: App, words: readonly string[], signal: AbortSignal) => {
  const kindup = fileURLToPath(new URL('../kindup.mjs', import.meta.url))
  const { stdout, stderr, code } = await runOf(app)(process.execPath, [kindup, ...words, '--json'], {
    signal: AbortSignal.any([signal, app.signal]),
    timeoutMs: patienceMs,
    okCodes: [0, 1, 2, 3, 70, 130],
  })
  const text = stdout.trim() === '' ? stderr.trim() : withoutPasswords(stdout)
  // An environment that is not well is an answer; a file that is wrong is one too, with its problems.
  return { content: [{ type: 'text' as const, text }], ...(code > 1 && { isError: true }) }
}

/** Who wants to log in asks `kindup credentials`: a password in a conversation is kept where nobody knows. */
const withoutPasswords = (stdout: string): string => {
  const document: unknown = JSON.parse(stdout)
  if (!isRecord(document) || !Array.isArray(document['credentials'])) return stdout.trim()
  const credentials = document['credentials']
    .filter(isRecord)
    .map(({ password, ...rest }) => (password === undefined ? rest : { ...rest, password: '***' }))
  return JSON.stringify({ ...document, credentials }, undefined, 2)
}

/** Which file and which cluster, as the server was told. */
const wordsOf = ({ config, name, set = [], image = [] }: McpFlags): readonly string[] => [
  ...(config === undefined ? [] : [`--config=${config}`]),
  ...(name === undefined ? [] : [`--name=${name}`]),
  ...set.map((one) => `--set=${one}`),
  ...image.map((one) => `--image=${one}`),
]

const narrowed = ({ only = [], env = [] }: Narrowing): readonly string[] => [
  ...only.map((one) => `--only=${one}`),
  ...env.map((one) => `--env=${one}`),
]
