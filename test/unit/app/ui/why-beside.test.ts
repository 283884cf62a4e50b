import { expect, it } from 'vitest'
import { whyBeside, type Why } from '../../../../app/ui/why-beside.ts'
import { EnvironmentError } from '../../../../core/errors.ts'

const why: Why = { causes: [{ message: 'web: gone', problems: [], hints: [], evidence: [] }], logs: [] }
const settled = () => new Promise((done) => setImmediate(done))

it('is looked into while something is not well, which no look waits for, and is forgotten once all is', async () => {
  let asked = 0
  const beside = whyBeside(async () => ((asked += 1), why), 60_000)
  expect(beside(true)).toBeUndefined()
  expect(asked).toBe(0)
  expect(beside(false)).toBeUndefined()
  await settled()
  expect(beside(false)).toEqual(why)
  expect(asked).toBe(1)
  expect(beside(true)).toBeUndefined()
})

it('shows less where nobody can look, and throws a defect at the next look, once', async () => {
  const failing = (error: Error) => {
    const thrown = async (): Promise<Why> => {
      throw error
    }
    return whyBeside(thrown, 60_000)
  }
  const refused = failing(new EnvironmentError('not-written', 'The disk is full.'))
  refused(false)
  await settled()
  expect(refused(false)).toBeUndefined()
  const broken = failing(new TypeError('x is undefined'))
  broken(false)
  await settled()
  expect(() => broken(false)).toThrow('x is undefined')
  expect(broken(true)).toBeUndefined()
})
