import { expect, it } from 'vitest'
import { hasSaidFull } from '../../../../cluster/registry/full.ts'
import { standInEngine } from '../../../support/stand-in-engine.ts'

const at = Date.parse('2026-11-27T12:00:00Z')
const line = (time: string, says: string): string => `time="${time}" level=error msg="${says}"`

it.for([
  ['now', line('2026-11-27T12:00:01Z', 'write /var/lib/registry: no space left on device'), true],
  ['by a clock that is a little behind', line('2026-11-27T11:59:57Z', 'no space left on device'), true],
  ['before its room was made', line('2026-11-27T11:59:00Z', 'no space left on device'), false],
  ['of something else', line('2026-11-27T12:00:01Z', 'manifest unknown'), false],
] as const)('tells whether a registry said that it is full: %s', async ([, log, said]) => {
  const { engine } = standInEngine({ over: { logs: () => Promise.resolve(log) } })
  expect(await hasSaidFull(engine, 'kindup-registry-5001', at)).toBe(said)
})
