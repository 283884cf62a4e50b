import { expect, test } from 'vitest'
import { foldRows, type RowState } from '../../../../core/print/fold-rows.ts'

const states = new Map<string, RowState>([
  ['cluster/api', 'done'],
  ['image/web', 'done'],
  ['addon/argocd', 'running'],
  ['service/api', 'failed'],
  ['service/web', 'waiting'],
  ['hosts', 'waiting'],
])
const lines = [
  '\u001B[32m✔\u001B[39m cluster/api     10.7 s  Cluster shop created',
  '✔ image/web        3.0 s  image shop/web created',
  '⠋ addon/argocd  12 s of ~18 s  Argo CD',
  '  › 2 of 5 pods are ready',
  '✖ service/api      4.0 s  Deployment api is not ready: the image',
  '  shop/api is not there',
  '⠋ service/web              web in dev',
  '  › waits for addon/argocd',
  '⠋ hosts                    host names in /etc/hosts',
  '  › waits for service/web',
]
const ids = (height: number): string[] => foldRows(lines, height, states).map((line) => line.trim())

test('leaves a list alone that fits', () => {
  expect(foldRows(lines, 10, states)).toBe(lines)
})

test('makes one line of what is done first, then says less of what waits, and never hides what runs or failed', () => {
  const middle = lines.slice(2, 6).map((line) => line.trim())
  expect(ids(9)).toEqual(['✔ 2 of 6 steps are done', ...middle, ...lines.slice(6).map((line) => line.trim())])
  expect(ids(7)).toEqual(['✔ 2 of 6 steps are done', ...middle, lines[6], lines[8]])
  expect(ids(6)).toEqual(['✔ 2 of 6 steps are done', ...middle, '2 more wait'])
  expect(ids(3)).toEqual(ids(6))
})

test('says nothing of done steps where there are none', () => {
  const waiting = new Map<string, RowState>([['a', 'running'], ...['b', 'c'].map((id) => [id, 'waiting'] as const)])
  expect(foldRows(['⠋ a  A', '⠋ b  B', '⠋ c  C'], 2, waiting)).toEqual(['⠋ a  A', '  2 more wait'])
})

test('makes one line of what was never begun, last of all, so that a failure and many steps behind it fit', () => {
  const behind = Array.from({ length: 30 }, (_, index) => `service/s${index}`)
  const failed = new Map<string, RowState>([
    ['cluster/api', 'done'],
    ['addon/argocd', 'failed'],
    ['addon/flux', 'running'],
    ['hosts', 'waiting'],
    ['seed', 'waiting'],
    ...behind.map((id) => [id, 'not-started'] as const),
  ])
  const first = ['✖ addon/argocd  no room', '⠋ addon/flux  Flux']
  const ended = behind.map((id) => `↓ ${id}  web (not started)`)
  const all = ['✔ cluster/api  done', ...first, '⠋ hosts  host names', '⠋ seed  data', ...ended]
  const done = '✔ 1 of 35 steps are done'
  expect(foldRows(all, 34, failed)).toEqual([done, ...first, ...ended, '  2 more wait'])
  expect(foldRows(all, 33, failed)).toEqual([done, ...first, '  2 more wait', '  30 not started'])
})
