import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { verdictOf, withMistake, type Verdict } from '../../mistakes/judge.ts'
import { mistakes } from '../../mistakes/table.ts'
import { planned } from './schema/planned.ts'

/** Of a mistake that people make, `plan` is to say the line. docs/mistakes.md has the same figures. */
it('names nearly every ordinary mistake at its line', async () => {
  const fine = await planned(readFileSync(new URL('../../mistakes/shop.yaml', import.meta.url), 'utf8'))
  const before = new Set(fine.map(({ message }) => message))
  expect(fine.filter(({ severity }) => severity === 'error')).toEqual([])
  const verdicts: { readonly verdict: Verdict; readonly bad: string }[] = []
  for (const mistake of mistakes) {
    const { text, line } = withMistake(mistake)
    verdicts.push({ verdict: verdictOf(await planned(text), before, line), bad: mistake.bad })
  }
  expect(verdicts.length).toBeGreaterThanOrEqual(200)
  expect(verdicts.filter(({ verdict }) => verdict !== 'right line')).toEqual([
    // Whether Kubernetes has a kind is said where its object begins.
    { verdict: 'another line', bad: 'apiVersion: v1\nkind: Configmap' },
  ])
})
