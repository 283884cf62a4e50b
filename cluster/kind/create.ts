import { mkdir } from 'node:fs/promises'
import type { Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'
import type { ClusterPaths } from '../paths.ts'
import { kindEnvironment } from './provider.ts'

type CreateOptions = {
  readonly kind: { readonly path: string }
  readonly engine: Engine
  readonly run: Run
  readonly paths: ClusterPaths
  readonly name: string
  /** Containers that the nodes reach without a proxy. */
  readonly direct: readonly string[]
  readonly env?: Parameters<typeof kindEnvironment>[3]
  readonly document: string
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Told what kind does, in kind's words. */
  report(line: string): void
}

/** Runs `kind create cluster` until it ends, after the last node has joined. Throws CommandError. */
export const createWithKind = async (options: CreateOptions): Promise<void> => {
  const { kind, engine, run, paths, name, direct, env, document, signal, timeoutMs, report } = options
  await mkdir(paths.folder, { recursive: true, mode: 0o700 })
  await run(
    kind.path,
    // Without --retain a failed create deletes the containers that know why.
    ['create', 'cluster', '--name', name, '--config', '-', '--kubeconfig', paths.kindKubeconfig, '--retain'],
    {
      input: document,
      env: kindEnvironment(engine, paths, direct, env),
      signal,
      timeoutMs,
      onLine: (line) => {
        const doing = progress(line)
        if (doing !== undefined) report(doing)
      },
    },
  )
}

/** ` • Preparing nodes 📦 📦  ...` → `preparing nodes`; undefined for what is no news. */
export const progress = (line: string): string | undefined => {
  const [, doing] = /^\s*•\s+(.*?)\s*(?:\.\.\.)?\s*$/u.exec(line) ?? []
  if (doing === undefined) return undefined
  const words = doing
    .replaceAll(/[^\p{ASCII}]/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return `${words.slice(0, 1).toLowerCase()}${words.slice(1)}`
}
