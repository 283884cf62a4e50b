import subset from 'semver/ranges/subset.js'
import minVersion from 'semver/ranges/min-version.js'
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

it('starts on every Node that it asks for', () => {
  const source = readFileSync(new URL('../../../scripts/kindup.mjs', import.meta.url), 'utf8')
  const [, major, minor] = /major < (\d+) \|\| \(major === \1 && minor < (\d+)\)/.exec(source) ?? []
  const least = minVersion(manifest.engines.node)
  expect([Number(major), Number(minor)]).toEqual([least?.major, 19])
  expect(least?.minor).toBeGreaterThanOrEqual(19)
})
