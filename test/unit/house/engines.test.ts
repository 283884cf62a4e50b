import subset from 'semver/ranges/subset.js'
import satisfies from 'semver/functions/satisfies.js'
import { spawnSync } from 'node:child_process'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import manifest from '../../../package.json' with { type: 'json' }
import lock from '../../../package-lock.json' with { type: 'json' }

type Locked = { readonly dev?: boolean; readonly optional?: boolean; readonly engines?: { readonly node?: string } }

it('asks for no Node that one of its dependencies does not take', () => {
  const others = Object.entries(lock.packages as Readonly<Record<string, Locked>>).flatMap(([name, { dev, engines }]) =>
    dev === true || name === '' || engines?.node === undefined ? [] : [{ name, node: engines.node }],
  )
  expect(others.length).toBeGreaterThan(20)
  expect(others.filter(({ node }) => !subset(manifest.engines.node, node))).toEqual([])
  expect(lock.packages[''].engines.node).toBe(manifest.engines.node)
})

const asked = 'Node 22 (from 22.22.2), 24 (from 24.15) or 26 and newer'
const script = fileURLToPath(new URL('../../../scripts/kindup.mjs', import.meta.url))

/** What it says to a Node that calls itself that. */
const saidTo = (version: string): { readonly status: number | null; readonly stderr: string } => {
  const stand = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
  const { status, stderr } = spawnSync(process.execPath, ['--import', `data:text/javascript,${stand}`, script, '-V'], {
    encoding: 'utf8',
  })
  return { status, stderr }
}

it.for(['18.20.8', '22.22.1', '22.22.2', '22.30.0', '23.11.0', '24.14.9', '24.15.0', '25.9.0', '26.0.0', '27.1.0'])(
  'starts on Node %s where it asks for it, and says else what it asks for',
  (version) => {
    const { status, stderr } = saidTo(version)
    expect({ status, isSaid: stderr.includes(asked) }).toEqual(
      satisfies(version, manifest.engines.node) ? { status: 0, isSaid: false } : { status: 1, isSaid: true },
    )
  },
)

it('says on its pages what it asks for', () => {
  for (const page of ['README.md', 'docs/first-five-minutes.md'])
    expect(readFileSync(new URL(`../../../${page}`, import.meta.url), 'utf8')).toContain(asked)
})
