import { makeRun, type Run } from '../core/run.ts'
import { secretValues } from '../core/secret-variables.ts'
import type { App } from './app.ts'

/** How a command runs programs: they end with it, are logged, and nothing shown of them holds a secret of the environment. */
export const runOf = ({ signal, log, env }: App): Run =>
  makeRun({ signal, log: (line) => log(line), secrets: secretValues(env) })
