import { Chalk } from 'chalk'
import { expect, it } from 'vitest'
import { savedLine } from '../../../../core/print/saved-line.ts'
import type { StepResult } from '../../../../core/walk.ts'

const line = (paths: readonly string[], results: Readonly<Record<string, StepResult['result']>>, width = 80): string =>
  savedLine(
    { paths, seconds: 2.345, steps: Object.entries(results).map(([id, result]) => ({ id, result, seconds: 1 })) },
    { outColour: new Chalk({ level: 0 }), width },
    '/home/me/shop',
  )

it('says what was saved, what it changed, and how long that took', () => {
  expect(
    line(['/home/me/shop/web/main.py'], {
      'cluster/api': 'unchanged',
      'image/web': 'created',
      'service/web@dev': 'updated',
    }),
  ).toBe('✓   2.3 s  web/main.py → image/web, service/web@dev')
})

it('says what it takes away, and that there was nothing to do', () => {
  expect(line(['/home/me/shop/kindup.yaml'], { 'service/web': 'removed' })).toBe(
    '-   2.3 s  kindup.yaml → service/web removed',
  )
  expect(line(['/home/me/shop/kindup.yaml'], { 'service/web': 'unchanged' })).toBe(
    '=   2.3 s  kindup.yaml: nothing to do',
  )
})

it('stays within the width as far as it can', () => {
  const steps = Object.fromEntries(
    ['a', 'b', 'c', 'd', 'e'].map((name) => [`service/${name}@production`, 'updated' as const]),
  )
  const text = line(['/elsewhere/base/all.yaml', '/elsewhere/base/more.yaml'], steps)
  expect(text).toBe('✓   2.3 s  /elsewhere/base/all.yaml and 1 more → service/a@production, 4 more')
  expect(text.length).toBeLessThanOrEqual(80)
  expect(line(['/home/me/shop/x'], steps, 20)).toContain('service/a@production, 4 more')
})
