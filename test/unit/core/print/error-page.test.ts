import { Chalk } from 'chalk'
import { expect, it } from 'vitest'
import { problemLines, warningText } from '../../../../core/print/error-page.ts'

it('names files of a sentence as those of places: from where one stands, and others in full', () => {
  const problem = {
    severity: 'warning',
    message: 'app 1.0.0 (/work/shop/apps/Chart.yaml:5) is not /work/shopping/x or in /other/work/shop/y.',
    at: { file: '/work/shop/kindup.yaml', line: 3 },
  } as const
  const said = 'app 1.0.0 (apps/Chart.yaml:5) is not /work/shopping/x or in /other/work/shop/y.'
  expect(problemLines(problem, new Chalk({ level: 0 }), '/work/shop')).toEqual([`  ! kindup.yaml:3 ${said}`])
  expect(warningText(problem, '/work/shop')).toBe(`kindup.yaml:3: ${said}`)
})
