import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { root } from '../support/real-cluster.ts'
import type { FaultCase } from './cases.ts'
import { nameOf } from './real-cells.ts'
import type { FaultResult } from './table.ts'

const git = (...args: readonly string[]): string =>
  spawnSync('git', args, { cwd: root, encoding: 'utf8' }).stdout.trim()
const product = [
  'addons',
  'app',
  'cluster',
  'config',
  'core',
  'gitops',
  'hosts',
  'manifests',
  'scripts',
  'services',
  'package-lock.json',
]

/** The commit that changed the product last; with `+` where files of it are changed since. */
const productCommit = (): string =>
  `${git('log', '-1', '--format=%h', '--', ...product)}${git('status', '--porcelain', '--', ...product) === '' ? '' : '+'}`

export type Walked = {
  readonly commit: string
  /** Those that are green at this commit: they need not be walked again. */
  readonly results: readonly FaultResult[]
  readonly isGreen: (cell: FaultCase) => boolean
  /** Written at once: a walk may be ended at any time. */
  readonly note: (result: FaultResult, more: { readonly seconds: number; readonly told: string }) => void
}

/** What was walked before, in a file of one line a cell: commit, step, moment, fault, next, result, seconds, and what was told. */
export const walkedIn = (file: string, commit = productCommit()): Walked => {
  const rows = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []
  const green = new Map<string, FaultResult>()
  for (const row of rows) {
    const [at, step = '', moment, fault, next, result] = row.split('\t')
    // What is changed has no name, and tells nothing of what it is now.
    if (at !== commit || commit.endsWith('+')) continue
    const cell = { step, moment, fault, next } as FaultCase
    if (result === 'green') green.set(nameOf(cell), { ...cell, isGreen: true })
    else green.delete(nameOf(cell))
  }
  return {
    commit,
    results: [...green.values()],
    isGreen: (cell) => green.has(nameOf(cell)),
    note: ({ step, moment, fault, next, isGreen }, { seconds, told }) => {
      mkdirSync(dirname(file), { recursive: true })
      const words = [
        commit,
        step,
        moment,
        fault,
        next,
        isGreen ? 'green' : 'RED',
        seconds.toFixed(1),
        told.replaceAll(/\s+/g, ' '),
      ]
      appendFileSync(file, `${words.join('\t')}\n`)
    },
  }
}
