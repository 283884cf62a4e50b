import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { EnvironmentError, systemCode } from '../../core/errors.ts'
import { withFileLock } from '../../core/file-lock.ts'
import { replaceFile, targetOf } from '../../core/replace-file.ts'
import { addEntriesOf } from './add-entries.ts'
import { currentContextOf, entriesOf, parseKubeconfig, sections } from './document.ts'
import { entriesFor, holds } from './entries.ts'
import { nameIn, removeEntriesOf } from './remove-entries.ts'
import { whyUnwritten } from '../../core/full-disk.ts'

type AddOptions = {
  /** The user's file; it need not be there. */
  readonly file: string
  /** The cluster's name; everything of it in the file is called `kind-<name>`. */
  readonly name: string
  /** The text of a kubeconfig that holds cluster, user and context of that name. */
  readonly kubeconfig: string
  readonly signal: AbortSignal
}

/**
 * Adds cluster, user and context to the user's kubeconfig and makes the context current, as a splice that leaves every
 * other byte alone. Throws `kubeconfig` when the file cannot be read, edited or written, and `locked`.
 */
export const addToKubeconfig = async ({
  file,
  name,
  kubeconfig,
  signal,
}: AddOptions): Promise<{ readonly previousContext: string | undefined; readonly created: boolean }> => {
  const entries = entriesFor(name, latin1(kubeconfig))
  return guarded(file, async () => {
    await mkdir(dirname(file), { recursive: true })
    return withFileLock(file, { signal }, async () => {
      const before = await read(file)
      const { text, memory } = addEntriesOf(
        parseKubeconfig(before?.text ?? '', file),
        name,
        entries,
        before === undefined,
      )
      if (text !== before?.text) await write(file, before?.mark ?? '', text)
      const previous = nameIn(memory.before['current-context'] ?? null)
      return { previousContext: previous && utf8(previous), created: memory.made === true }
    })
  })
}

type RemoveOptions = {
  readonly file: string
  readonly name: string
  /** What was current before, and whether the file was made, for a file that lost what kindup wrote beside its entries. */
  readonly previousContext?: string | undefined
  readonly created?: boolean | undefined
  readonly signal: AbortSignal
}

/**
 * Takes out of the user's kubeconfig what `addToKubeconfig` put in; nothing there is no error.
 * `said`: what the user should know about the current context.
 */
export const removeFromKubeconfig = ({
  file,
  name,
  previousContext,
  created,
  signal,
}: RemoveOptions): Promise<{ readonly said: readonly string[] }> =>
  guarded(file, async () => {
    const remove = (text: string) =>
      removeEntriesOf(parseKubeconfig(text, file), name, {
        previous: previousContext && latin1(previousContext),
        made: created,
      })
    const now = await read(file)
    if (!now || remove(now.text).after?.text === now.text) return { said: [] }
    return withFileLock(file, { signal }, async () => {
      const before = await read(file)
      if (!before) return { said: [] }
      const { after, said } = remove(before.text)
      if (!after) await rm(await targetOf(file), { force: true })
      else if (after.text !== before.text) await write(file, before.mark, after.text)
      return { said: said.map(utf8) }
    })
  })

/** The context that is current in this file; undefined when none is, or there is no file. */
export const readCurrentContext = (file: string): Promise<string | undefined> =>
  guarded(file, async () => {
    const content = await read(file)
    const current = content && currentContextOf(parseKubeconfig(content.text, file))
    return current === undefined ? undefined : utf8(current)
  })

/** The contexts of this file and the one that is current; undefined when there is no file. */
export const readContexts = (
  file: string,
): Promise<{ readonly current: string | undefined; readonly names: readonly string[] } | undefined> =>
  guarded(file, async () => {
    const content = await read(file)
    if (!content) return undefined
    const config = parseKubeconfig(content.text, file)
    const current = currentContextOf(config)
    return {
      current: current === undefined ? undefined : utf8(current),
      names: entriesOf(config, 'contexts').flatMap(({ name }) => (name === undefined ? [] : [utf8(name)])),
    }
  })

/** Whether the file has cluster, user and context of this cluster; with `kubeconfig`: exactly those of that text. */
export const hasEntries = (file: string, name: string, kubeconfig?: string): Promise<boolean> =>
  guarded(file, async () => {
    const content = await read(file)
    if (!content) return false
    const config = parseKubeconfig(content.text, file)
    if (kubeconfig !== undefined) return holds(config, entriesFor(name, latin1(kubeconfig)))
    return sections.every((section) => entriesOf(config, section).some((entry) => entry.name === `kind-${name}`))
  })

type Content = { /** A byte order mark, or nothing. */ readonly mark: string; readonly text: string }

const read = async (file: string): Promise<Content | undefined> => {
  try {
    const all = await readFile(file, 'latin1')
    const mark = all.startsWith('\u00ef\u00bb\u00bf') ? all.slice(0, 3) : ''
    return { mark, text: all.slice(mark.length) }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined
    throw error
  }
}

const write = (file: string, mark: string, text: string): Promise<void> =>
  replaceFile(file, Buffer.from(mark + text, 'latin1'), { mode: 0o600 })

const guarded = async <T>(file: string, work: () => Promise<T>): Promise<T> => {
  try {
    return await work()
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) throw cause
    throw new EnvironmentError(
      'kubeconfig',
      `The kubeconfig ${file} cannot be changed or read: ${whyUnwritten(file, cause)}`,
      {
        hints: ['Use another file: KUBECONFIG=FILE npm run up'],
        cause,
      },
    )
  }
}

const latin1 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
const utf8 = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')
