import { makeRun, type Run } from '../core/run.ts'
import { secretValues } from '../core/mask/secret-values.ts'
import type { App } from './app.ts'

/** How a command runs programs: in its folder and environment, they end with it, are logged, and nothing shown of them holds a secret of the environment. */
export const runOf = ({ signal, log, env, cwd, spawn }: App): Run =>
  makeRun({ signal, log: (line) => log(line), env, cwd, secrets: secretValues(env), ...(spawn && { spawn }) })
