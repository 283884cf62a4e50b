import { mkdir, readFile, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { jsonFrom } from '../../core/program-output.ts'
import { numberAt, textAt, valueAt } from '../../core/fields.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { takeOut } from './archive.ts'
import { rememberOrigin } from './kept.ts'
import type { Dependencies, Came, Wanted } from './way.ts'
import { isNewEnough } from './versions.ts'
import { writeProgram } from './write-program.ts'

/** It updates itself first, and fetches. */
const longMs = 10 * 60_000

/** Takes it out of Homebrew's package, and installs nothing. Throws what Homebrew said. */
export const withHomebrew = async (
  { name, version: pinned, isExact, target }: Wanted,
  { run, env, signal, say }: Dependencies,
): Promise<Came> => {
  const formula = name === 'kubectl' ? 'kubernetes-cli' : name
  const options = {
    env: { PATH: env['PATH'], HOMEBREW_NO_ANALYTICS: '1' },
    timeoutMs: longMs,
    ...(signal ? { signal } : {}),
  }
  const asked = ['info', '--json=v2', '--formula', formula]
  const about = valueAt(jsonFrom(`brew ${asked.join(' ')}`, (await run('brew', asked, options)).stdout), 'formulae', 0)
  const version = textAt(about, 'versions', 'stable') ?? ''
  const revision = numberAt(about, 'revision') ?? 0
  if (isExact ? version !== pinned : !isNewEnough(name, { text: version || '0.0.0', patchKnown: true }))
    throw new EnvironmentError('brew', `Homebrew has ${formula} ${version || 'in no version'}`)
  say(`taken from Homebrew instead, ${version} (checked against its formula)`)
  // The packed formula alone: nothing is installed.
  await run('brew', ['fetch', '--formula', formula], options)
  const { stdout } = await run('brew', ['--cache', '--formula', formula], options)
  const inside = `${formula}/${version}${revision > 0 ? `_${revision}` : ''}/bin/${name}`
  const bytes = await takeOut(await readFile(stdout.trim()), inside)
  const path = besides(target)
  await mkdir(dirname(path), { recursive: true })
  const fresh = `${path}.new`
  await writeProgram(fresh, bytes)
  await rememberOrigin(path, fresh, `brew:${formula}@${version}`, version)
  await rename(fresh, path)
  return { path, version }
}

/** Where a program is kept that is not of the version that was looked for. */
export const besides = (target: string): string => join(dirname(target), 'homebrew', basename(target))
