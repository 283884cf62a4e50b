import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

const names = ['helm3', 'helm4', 'kubectl', 'kind', 'git', 'sops', 'age-keygen'] as const
type RealTool = (typeof names)[number]

/** A real program that tests may use: its path, or undefined. Throws where KINDUP_TEST_REQUIRED promises it. */
export const realTool = (name: RealTool): string | undefined => {
  const found =
    name === 'helm3' || name === 'helm4'
      ? [process.env[`KINDUP_TEST_${name.toUpperCase()}`], onPath('helm')].find(
          (path) => path !== undefined && runnable(path) && helmMajor(path) === name.slice(-1),
        )
      : onPath(name)
  if (found === undefined && isPromised(name))
    throw new Error(`KINDUP_TEST_REQUIRED promises ${name}, and there is none that can be run.`)
  return found
}

/** Whether tests must not be skipped because that is missing. */
export const isPromised = (name: string): boolean =>
  (process.env['KINDUP_TEST_REQUIRED'] ?? '').split(/[\s,]+/).includes(name)

/** Says which tests do not run, and why; throws where KINDUP_TEST_REQUIRED promises what they want. */
export const sayMissing = (name: string, why: string): void => {
  if (isPromised(name)) throw new Error(`KINDUP_TEST_REQUIRED promises ${name}: ${why}`)
  console.warn(`SKIPPED: ${why}`)
}

/** vitest's global set-up: says once, and before all tests, which of them will not run, and what they want. */
export default (): void => {
  const missing = names.filter((name) => realTool(name) === undefined)
  if (missing.length > 0)
    console.warn(
      `SKIPPED: the tests that use a real ${missing.join(', ')}: there is none here. PATH, KINDUP_TEST_HELM3 and KINDUP_TEST_HELM4 say where; .ci/run installs kind and both helms.`,
    )
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

/** Asked once a process: each file of tests wants to know. */
const helmMajors = new Map<string, string | undefined>()

const helmMajor = (path: string): string | undefined => {
  if (!helmMajors.has(path)) {
    const version = execFileSync(path, ['version', '--template', '{{.Version}}'], { encoding: 'utf8' })
    helmMajors.set(path, /v?(\d+)\./.exec(version)?.[1])
  }
  return helmMajors.get(path)
}
