import { parse } from 'node:path'
import { makeRun, type Run } from '../core/run.ts'
import { needlessSecrets, secretValues } from '../core/mask/secret-values.ts'
import type { App } from './app.ts'

/** Programs that want nothing of an application's passwords. Engines hand variables on to builds, and hooks are the user's own. */
const ofTheCluster = new Set(['kind', 'kubectl', 'helm'])

/**
 * How a command runs programs: in its folder and environment, they end with it, are logged, and nothing shown of them holds a secret of the
 * environment. What kind, kubectl and helm do not need of secrets they do not get.
 */
export const runOf = ({ signal, log, env, cwd, spawn }: App): Run => {
  const run = makeRun({
    signal,
    log: (line) => log(line),
    env,
    cwd,
    secrets: secretValues(env),
    ...(spawn && { spawn }),
  })
  const without = Object.fromEntries(needlessSecrets(env).map((name) => [name, undefined]))
  return (program, args, options) =>
    run(
      program,
      args,
      ofTheCluster.has(parse(program).name) ? { ...options, env: { ...without, ...options?.env } } : options,
    )
}
