import type { Problem } from '../core/problem.ts'
import { makeNow, type Files, type OfFiles } from '../core/files.ts'
import { withoutLogin } from '../core/mask/without-login.ts'
import type { Spawn } from '../core/run.ts'
import type { Evaluated } from './code/evaluate.ts'
import { isCode } from './code/is-code.ts'
import type { Env } from './interpolate.ts'
import { farInclude } from './remote/far-include.ts'
import type { Remotes } from './remote/included.ts'
import { addressKey, type Fetched, type Refusal } from './source/fetched.ts'
import { problemAt } from './source/tree.ts'
import { readLayers, type Layered } from './source/layers.ts'
import { applySet, overrideName } from './source/overrides.ts'
import { findFile } from './source/read-file.ts'

/** What is written, and where: the file, and what flags say of it. */
export type Written = {
  /** `--config`: a file, or a folder with a kindup.yaml or kindup.config.ts. The nearest of them upwards from `cwd` if left out. */
  readonly file?: string
  readonly cwd: string
  readonly env: Env
  /** `--set path=value`, from the root of the file. */
  readonly set?: readonly string[]
  /** `--profile NAME`, in this order over the file. */
  readonly profiles?: readonly string[]
  /** `--name`, instead of the file's. */
  readonly name?: string
  /** Left out: the file as it is now. */
  readonly files?: Files
  /** Keeps what is made of those files. Left out: it is made each time. */
  readonly ofFiles?: OfFiles
  /** Starts the Node that a kindup.config.ts runs in. Left out: that of Node. */
  readonly spawn?: Spawn
  /** Fetches what is included from elsewhere. Left out: such a file is refused. */
  readonly remotes?: Remotes
}

const evaluated = async (file: string, { env, spawn, ofFiles = makeNow }: Written): Promise<Evaluated> => {
  const { evaluate } = await import('./code/evaluate.ts')
  return ofFiles(`code ${file}`, () => evaluate(file, { env, ...(spawn && { spawn }) }))
}

/**
 * The file with its layers and with what flags set, before anything in it is checked. What is included from elsewhere is
 * fetched, and trusted. Throws ConfigError, and what `remotes.trust` throws.
 */
export const composed = async (options: Written): Promise<Layered & { readonly file: string }> => {
  const file = findFile(options.file, options.cwd)
  const layers = await withRemotes(file, {
    ...options,
    code: isCode(file) ? await evaluated(file, options) : undefined,
  })
  const { tree } = layers
  const problems: Problem[] = [...layers.problems]
  const isTooLarge = tree?.unknown.some(({ path }) => path.length === 0) === true
  if (tree && !isTooLarge) {
    if (options.name !== undefined) overrideName(tree, options.name)
    for (const argument of options.set ?? []) problems.push(...applySet(tree, argument))
  }
  if (tree && layers.remotes.length > 0)
    await options.remotes?.trust({ tree, file, files: layers.files, remotes: layers.remotes })
  return { ...layers, file, problems }
}

/** What was fetched may include more. */
const withRemotes = async (
  file: string,
  options: Written & { readonly code: Evaluated | undefined },
): Promise<Layered> => {
  const fetched = new Map<string, Fetched | Refusal>()
  for (;;) {
    const layers = readLayers(file, { ...options, fetched, far: farInclude })
    const { remotes } = options
    if (layers.wanted.length === 0) return layers
    if (!remotes) {
      const problems = layers.wanted.map(({ text, at }) =>
        problemAt(
          `include: ${withoutLogin(text)}: nothing is fetched here.`,
          at,
          'Clone the repository, and name the file in the clone.',
        ),
      )
      return { ...layers, problems: [...layers.problems, ...problems] }
    }
    const unique = new Map(layers.wanted.map((one) => [addressKey(one.address), one]))
    await Promise.all(
      [...unique].map(async ([key, { address, from }]) => fetched.set(key, await remotes.fetch(address, from))),
    )
  }
}
