import { expect, test } from 'vitest'
import { isNewEnough, oldest, readVersion } from '../../../../cluster/tools/versions.ts'
import type { ToolName } from '../../../../config/config.ts'

test.for([
  ['kind', 'kind v0.33.0 go1.26.8 linux/amd64\n', '0.33.0', true],
  ['kind', 'kind v0.34.0-alpha+0123abcdef go1.26.8 linux/amd64\n', '0.34.0-alpha+0123abcdef', true],
  ['kind', 'kind version 0.24.0', '0.24.0', true],
  ['kind', 'kind v0.23.0 go1.22.4 linux/amd64', '0.23.0', false],
  ['helm', 'v4.2.4', '4.2.4', true],
  ['helm', 'v4.2', '4.2.0', true],
  ['helm', 'v3.16', '3.16.0', true],
  ['helm', 'v3.16.3', '3.16.3', false],
  ['helm', 'v3.16.4+g7877b45', '3.16.4+g7877b45', true],
  ['helm', 'v3.9.4', '3.9.4', false],
  ['helm', 'v4.0.0-rc.1', '4.0.0-rc.1', true],
  [
    'kubectl',
    '{"clientVersion": {"major": "1", "minor": "32+", "gitVersion": "v1.32.4-dispatcher"}}',
    '1.32.4-dispatcher',
    true,
  ],
  [
    'kubectl',
    '{\n  "clientVersion": {\n    "gitVersion": "v1.27.16"\n  },\n  "kustomizeVersion": "v5.8.1"\n}',
    '1.27.16',
    false,
  ],
] as const)('%s says %j: that is %s, and good enough: %s', ([name, said, text, enough]) => {
  const version = readVersion(name, said)
  expect(version?.text).toBe(text)
  expect(version && isNewEnough(name, version)).toBe(enough)
})

test.for([
  ['helm', 'Usage: helm [command]'],
  ['kubectl', 'v1.36.0'],
  ['kind', ''],
  ['kind', 'unknown'],
] as const)('%s says %j: that is no version', ([name, said]) => expect(readVersion(name, said)).toBeUndefined())

test('the oldest version of each is good enough itself', () => {
  for (const name of Object.keys(oldest) as ToolName[])
    expect(isNewEnough(name, { text: oldest[name], patchKnown: true })).toBe(true)
})
