import { expect, it } from 'vitest'
import { shop, shopSteps } from './shop.ts'

// Why no engine answers takes several lines.
it.each([
  ['status', 1],
  ['plan', 0],
])('%s has one line for each step, whatever is wrong', async (command, code) => {
  await using at = await shop({ programs: [] })
  const { code: ended, stdout } = await at.run(command)
  expect(ended).toBe(code)
  const [rows = ''] = stdout.split('\n\n')
  expect(rows.split('\n').map((row) => row.trim().split(/\s+/)[1])).toEqual([...shopSteps])
})
