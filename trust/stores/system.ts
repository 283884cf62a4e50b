import { lastLine } from '../../core/print/one-line.ts'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { EnvironmentError } from '../../core/errors.ts'
import { CommandError } from '../../core/run.ts'
import { shown } from '../../core/shown-command.ts'
import { holdsAnchor, holdsAnywhere, ownAnchors, removalHooks, systemAnchors } from '../anchors.ts'
import type { Store, StoreDeps } from './store.ts'

/** The program: `.ts` in a checkout, `.js` in a package. */
const program = (): string => fileURLToPath(new URL(`../elevated${extname(import.meta.url)}`, import.meta.url))

const isRoot = (): boolean => process.getuid?.() === 0

/** The system's own store on Linux, which curl, Python, Go and most others read; undefined where there is none. */
export const systemStore = (deps: StoreDeps, anchors = systemAnchors()): Store | undefined =>
  anchors && {
    id: 'system',
    title: `the system's certificates (${anchors.folder})`,
    elevated: !isRoot(),
    has: async ({ fingerprint256 }) => holdsAnywhere(anchors, fingerprint256),
    own: async () => ownAnchors(anchors),
    add: async (certificate) => change({ certificate: String(certificate) }, [[anchors.add]], deps),
    remove: async (fingerprint) => {
      if (!holdsAnchor(anchors, fingerprint)) return
      const { programs, line } = removalHooks(anchors, fingerprint)
      const told = programs.map((hook): Call => [[hook], line])
      await change({ remove: fingerprint }, [[anchors.remove], ...told], deps)
    },
  }

/** A command, and what it reads. */
type Call = readonly [words: readonly [string, ...string[]], given?: string]

/** Writes or removes the one file, and has the system look again. */
const change = async (request: object, calls: readonly Call[], { run, signal }: StoreDeps): Promise<void> => {
  const input = JSON.stringify(request)
  const edit = [process.execPath, program()] as const
  try {
    for (const [words, given] of [[edit, input] as const, ...calls]) {
      const [first, ...rest] = isRoot() ? words : (['sudo', '-n', ...words] as const)
      await run(first, rest, {
        timeoutMs: 120_000,
        ...(given === undefined ? {} : { input: given }),
        ...(signal ? { signal } : {}),
      })
    }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    const said = lastLine(error.stderr)
    throw new EnvironmentError('trust', `The system's certificates could not be changed: ${said || error.message}`, {
      hints: [
        `printf %s '${input}' | ${shown('sudo', edit)}`,
        ...calls.map(([words, given]) =>
          given === undefined ? shown('sudo', words) : `echo ${given.trimEnd()} | ${shown('sudo', words)}`,
        ),
      ],
      cause: error,
    })
  }
}
