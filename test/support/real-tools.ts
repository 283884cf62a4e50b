import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

/** A real program that tests may use: its path, or undefined, which is said loudly where it is skipped for. */
export const realTool = (
  name: 'helm3' | 'helm4' | 'kubectl' | 'kind' | 'git' | 'sops' | 'age-keygen',
): string | undefined => {
  const found =
    name === 'helm3' || name === 'helm4'
      ? [process.env[`KINDUP_TEST_${name.toUpperCase()}`], onPath('helm')].find(
          (path) => path !== undefined && runnable(path) && helmMajor(path) === name.slice(-1),
        )
      : onPath(name)
  if (found === undefined) console.warn(`SKIPPED: no real ${name} on this machine; the tests that use it do not run.`)
  return found
}

const onPath = (program: string): string | undefined =>
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(runnable)

const runnable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const helmMajor = (path: string): string | undefined =>
  /v?(\d+)\./.exec(execFileSync(path, ['version', '--template', '{{.Version}}'], { encoding: 'utf8' }))?.[1]
