import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { loadConfig } from '../../../config/load.ts'
import { ConfigError } from '../../../core/errors.ts'
import type { Problem } from '../../../core/problem.ts'

const folder = join(import.meta.dirname, '../../fixtures/config')
const cases = readdirSync(folder).filter((name) => name.endsWith('.yaml'))

const env = { NAME: 'from-env', VERSION: '1.30', TWO: '2', YES: 'true', PORT: '8080', EMPTY: '', SECRET: 'hunter2' }

/** `3:15 sentence` and, indented, the hint: the way expectations are written beside the cases. */
const show = (problems: readonly Problem[], file: string): string =>
  problems
    .map(({ at, message, hint }) => {
      expect(at?.file).toBe(file)
      return `${at?.line}:${at?.column} ${message}\n${hint === undefined ? '' : `    ${hint}\n`}`
    })
    .join('')
    .replaceAll(folder, '<folder>')

const load = async (name: string) => {
  const file = join(folder, name)
  try {
    return { file, ...(await loadConfig({ file, cwd: '/', env })) }
  } catch (thrown) {
    if (!(thrown instanceof ConfigError)) throw thrown
    return { file, error: thrown }
  }
}

describe('what is wrong is said all at once, with its place and what would be right', () => {
  test.each(cases.filter((name) => name.startsWith('invalid-')))('%s', async (name) => {
    const { file, ...outcome } = await load(name)
    if (!('error' in outcome)) throw new Error(`${name} was accepted`)
    expect(outcome.error.exitCode).toBe(2)
    expect(outcome.error.problems.every(({ severity }) => severity === 'error')).toBe(true)
    const shown = show(outcome.error.problems, file)
    await expect(shown).toMatchFileSnapshot(join(folder, name.replace('.yaml', '.problems')))
    expect(shown).not.toContain('hunter2')
  })
})

describe('what is right is written out', () => {
  test.each(cases.filter((name) => name.startsWith('valid-')))('%s', async (name) => {
    const { file, ...outcome } = await load(name)
    if ('error' in outcome) throw new Error(`${name} was refused:\n${show(outcome.error.problems, file)}`)
    expect(outcome.warnings).toEqual([])
    const { files: _files, ...config } = outcome.config
    const written = `${JSON.stringify(config, undefined, 2)}\n`.replaceAll(folder, '<folder>')
    await expect(written).toMatchFileSnapshot(file.replace('.yaml', '.json'))
  })
})
