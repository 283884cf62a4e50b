import process from 'node:process'
import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ConfigError } from '../../core/errors.ts'
import { makeFiles, makeOfFiles } from '../../core/files.ts'
import { textAt } from '../../core/fields.ts'
import type { Run } from '../../core/run.ts'
import type { Draft } from './draft.ts'
import type { Found } from './found.ts'
import { propose } from './propose.ts'
import { tryOut, type Tried, type LeftOut } from './try-out.ts'
import { writeDraft } from './write-draft.ts'
import type { Problem } from '../../core/problem.ts'
import { imageKey, keyOf } from './draft-service.ts'

type Refining = {
  readonly folder: string
  readonly run: Run
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  /** Looks again, without some manifests. `converts`: for services of a compose file, too. */
  readonly scan: (without: ReadonlySet<string>, options?: { readonly converts: boolean }) => Found
}

/** The proposal after it was tried: nothing is applied, and where it cannot be tried it stays as it is. */
export const refine = async (draft: Draft, found: Found, { folder, scan, ...options }: Refining): Promise<Draft> => {
  if (draft.services.length === 0 && draft.images.length === 0) return draft
  // Beside its place, because the paths in it start there.
  const file = join(folder, `.kindup-try-${process.pid}.yaml`)
  const known = { files: makeFiles(), ofFiles: makeOfFiles() }
  let now = draft
  let seen = found
  let all: Tried = nothingTried
  // Charts that can be in one environment alone, or in none, are rendered for one of them: most time goes into that.
  let isFirst = true
  try {
    // What is left out may have been what an image was matched with: then the rest is tried again.
    for (;;) {
      const short = isFirst ? inOneEnvironment(now) : undefined
      const shown = short ?? now
      const text = writeDraft(shown, '')
      await writeFile(file, text)
      const tried = await trying(shown, text, file, { ...options, known, isInOne: short !== undefined })
      isFirst = false
      if (tried === undefined) return now
      const next = together(all, tried)
      if (next.files.size > all.files.size) seen = scan(new Set(next.files.keys()))
      now = propose(seen, draft.name, next)
      if (short === undefined && countOf(next) === countOf(all)) return composed(now, seen, next, scan)
      all = next
    }
  } catch (error) {
    options.signal.throwIfAborted()
    // `plan` says what is wrong; a proposal is made all the same.
    if (error instanceof ConfigError || textAt(error, 'syscall') !== undefined) return now
    throw error
  } finally {
    await rm(file, { force: true }).catch(() => undefined)
  }
}

/** What somebody wrote for a cluster cannot be deployed as it is: then what a compose file says is better than nothing. */
const composed = (draft: Draft, found: Found, tried: Tried, scan: Refining['scan']): Draft => {
  if (draft.services.length > 0 || found.compose === undefined || found.compose.converted !== undefined) return draft
  return propose(scan(new Set(tried.files.keys()), { converts: true }), draft.name, tried)
}

/** The draft with each chart in its first environment; undefined where none has several. */
const inOneEnvironment = (draft: Draft): Draft | undefined => {
  const all = draft.environments.map(({ name }) => name)
  const isLong = ({ deploy, environments }: Draft['services'][number]): boolean =>
    deploy.kind === 'helm' && (environments.length === 0 ? all : environments).length > 1
  if (!draft.services.some(isLong)) return undefined
  const services = draft.services.map((service) =>
    isLong(service)
      ? { ...service, environments: (service.environments.length === 0 ? all : service.environments).slice(0, 1) }
      : service,
  )
  return { ...draft, services }
}

/** What came of it; of a text that is refused as it stands, the parts at fault. Undefined where nobody knows which they are. */
const trying = async (
  draft: Draft,
  text: string,
  file: string,
  options: Parameters<typeof tryOut>[2],
): Promise<Tried | undefined> => {
  try {
    return await tryOut(draft, file, options)
  } catch (error) {
    const parts = error instanceof ConfigError ? refusedParts(draft, text, file, error.problems) : undefined
    if (parts === undefined) throw error
    return parts.wrong.size + parts.unbuilt.size === 0 ? undefined : { ...nothingTried, ...parts }
  }
}

const nothingTried: Tried = {
  without: new Map(),
  wrong: new Map(),
  files: new Map(),
  unbuilt: new Map(),
  single: new Set(),
  once: new Set(),
  balanced: new Map(),
  runs: new Map(),
}

const together = (before: Tried, tried: Tried): Tried => ({
  without: new Map([...before.without, ...tried.without]),
  wrong: new Map([...before.wrong, ...tried.wrong]),
  files: new Map([...before.files, ...tried.files]),
  unbuilt: new Map([...before.unbuilt, ...tried.unbuilt]),
  single: new Set([...before.single, ...tried.single]),
  once: new Set([...before.once, ...tried.once]),
  balanced: tried.balanced,
  // An image that was matched because of what a service runs is one of the draft's own the next time.
  runs: new Map(
    [...new Set([...before.runs.keys(), ...tried.runs.keys()])].map((from) => [
      from,
      [...new Set([...(before.runs.get(from) ?? []), ...(tried.runs.get(from) ?? [])])],
    ]),
  ),
})

const countOf = ({ without, wrong, files, unbuilt, single, once }: Tried): number =>
  without.size + wrong.size + files.size + unbuilt.size + single.size + once.size

/** The services and images of a draft in whose lines `text` is refused, with the reasons. */
const refusedParts = (
  { services, images }: Draft,
  text: string,
  file: string,
  problems: readonly Problem[],
): Pick<Tried, 'wrong' | 'unbuilt'> => {
  const lines = text.split('\n')
  const wrong = new Map<string, LeftOut>()
  const unbuilt = new Map<string, LeftOut>()
  for (const { at, message } of problems) {
    if (at?.file !== file || at.line === undefined) continue
    const { section, name, key } = partAt(lines, at.line - 1)
    const service = section === 'services' ? services.find((one) => one.name === name) : undefined
    const image =
      section === 'images' ? images.find((one) => one.key === name) : key === 'image' ? service?.image : undefined
    if (image) unbuilt.set(imageKey(image), [`The image ${name}`, message])
    else if (service) wrong.set(keyOf(service), [service.name, message])
  }
  return { wrong, unbuilt }
}

/** What the line belongs to, by the lines above that are less indented: `services`, `web`, `image`. */
const partAt = (
  lines: readonly string[],
  index: number,
): Readonly<Partial<Record<'section' | 'name' | 'key', string>>> => {
  const [section, name, key] = [/^(\w+):/, /^ {2}"?([^\s"#][^"]*?)"?:(?=\s|$)/, /^ {4}(\w+):/].map((pattern, depth) => {
    const from = lines.findLastIndex((line, at) => at <= index && depth > 0 && parents[depth - 1]?.test(line) === true)
    const line = lines.slice(from + 1, index + 1).findLast((one) => pattern.test(one))
    return pattern.exec(line ?? '')?.[1]
  })
  return {
    ...(section !== undefined && { section }),
    ...(name !== undefined && { name }),
    ...(key !== undefined && { key }),
  }
}

/** A line that ends what stood below the one above it. */
const parents = [/^\S/, /^(?: {2})?[^\s#]/]
