import { stripVTControlCharacters } from 'node:util'
import { expect, it } from 'vitest'
import type { Terminal } from '../../../core/print/terminal.ts'
import { nextCommands } from '../../../app/next-commands.ts'
import { credentialTable, sayReport } from '../../../app/report.ts'

// A token of a service account has some 900 characters: whatever stood right of it stood a screen lower.
it('puts no column behind passwords, which may be tokens of any length', () => {
  const rows = credentialTable(
    [
      { name: 'headlamp', url: 'http://headlamp.localhost', password: 'ey'.repeat(450) },
      { name: 'db', username: 'app', url: 'http://db.localhost:8080', password: 'short' },
      { name: 'bare', username: 'app', password: 'only' },
    ],
    terminal,
  )
  expect(stripVTControlCharacters(rows).split('\n')).toEqual([
    `  headlamp       http://headlamp.localhost  ${'ey'.repeat(450)}`,
    '  db        app  http://db.localhost:8080   short',
    '  bare      app                             only',
  ])
})

it('names the environment of logins that share a name, and of no other', () => {
  const rows = credentialTable(
    [
      { name: 'db', username: 'app', password: 'one', step: 'service/db@dev' },
      { name: 'db', username: 'app', password: 'two', step: 'service/db@prod' },
      { name: 'admin', username: 'root', password: 'three', step: 'service/web@dev' },
    ],
    terminal,
  )
  const names = stripVTControlCharacters(rows)
    .split('\n')
    .map((row) => row.trim().split(' ')[0])
  expect(names).toEqual(['db@dev', 'db@prod', 'admin'])
})

it('shows no password in the log of a CI job', () => {
  expect(credentialTable([{ name: 'db', username: 'app', password: 'short' }], { ...terminal, ci: true })).toBe(
    '  db  app    *** (hidden in CI logs; `kindup credentials --json` has it)',
  )
})

it('breaks its last line between words, and names no context in halves', () => {
  const said: string[] = []
  const plain = (text: string): string => text
  const narrow = {
    ci: false,
    outColumns: 60,
    out: (text: string) => void said.push(text),
    err: plain,
    outColour: { green: plain, bold: plain },
  }
  sayReport(
    {
      cluster: { name: 'shop', context: 'kind-shop-of-somebody', kubeconfig: '' },
      steps: [{ id: 'cluster/api', result: 'unchanged', seconds: 1 }],
      criticalPath: [],
      warnings: [],
      smoke: [],
      endpoints: [],
      credentials: [],
      seconds: 4.2,
    },
    narrow as unknown as Terminal,
    { json: false },
  )
  expect(said.at(-1)?.split('\n')).toEqual([
    '✓ shop is as the file says; nothing was changed (4.2 s).',
    '  Context: kind-shop-of-somebody',
  ])
})

it.each([
  [[], ['cluster/api'], {}, 'Next: kindup status --watch · kindup down'],
  [['tcp://localhost:5432'], ['service/db'], {}, 'Next: kindup logs · kindup status --watch · kindup down'],
  [
    ['http://web.localhost'],
    ['service/web@dev'],
    { config: 'a/kindup.yaml', name: 'mine' },
    'Next: kindup open · kindup logs · kindup status --watch · kindup down, each with --config a/kindup.yaml --name mine',
  ],
])('after %j and %j the next commands are those that have something to show', (urls, ids, flags, said) => {
  const endpoints = urls.map((url) => ({ name: 'x', url }))
  const steps = ids.map((id) => ({ id, result: 'created' as const, seconds: 1 }))
  expect(nextCommands({ endpoints, steps }, flags)).toBe(said)
})

const terminal = { ci: false } as Terminal
