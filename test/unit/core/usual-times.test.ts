import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Plan } from '../../../core/plan.ts'
import { noteTimes, usualTimes } from '../../../core/usual-times.ts'
import type { StepResult } from '../../../core/walk.ts'
import { ownFolder } from '../../support/own-folder.ts'

const planOf = (ids: readonly string[], action: 'create' | 'update' = 'create'): Plan =>
  ids.map((id) => ({ step: { id }, action })) as unknown as Plan
const took = (id: string, seconds: number, result: StepResult['result'] = 'created') => ({
  done: [{ id, result, seconds }],
})
const plan = planOf(['image/web'])
const usual = async (folder: string, of = plan, cluster = 'shop') =>
  (await usualTimes(folder, cluster, of))(of[0]!.step.id)

test('tells the median of the last five times of that step, action and cluster', async () => {
  const folder = await ownFolder()
  expect(await usual(folder)).toBeUndefined()
  for (const seconds of [900, 800, 10, 30, 20, 50, 40])
    await noteTimes(folder, 'shop', plan, took('image/web', seconds))
  await noteTimes(folder, 'shop', plan, took('image/web', 0, 'unchanged'))
  expect(await usual(folder)).toBe(30)
  await noteTimes(folder, 'two', plan, took('image/web', 10))
  await noteTimes(folder, 'two', plan, took('image/web', 13))
  expect(await usual(folder, plan, 'two')).toBe(11.5)
  expect(await usual(folder, planOf(['image/web'], 'update'))).toBeUndefined()
  expect(await usual(folder, plan, 'other')).toBeUndefined()
})

test('names nothing of a cluster, and forgets who was noted longest ago', async () => {
  const folder = await ownFolder()
  const many = planOf(Array.from({ length: 299 }, (_, index) => `service/s${index}`))
  await noteTimes(folder, 'shop', plan, took('image/web', 1))
  await noteTimes(folder, 'shop', planOf(['hosts']), took('hosts', 2))
  await noteTimes(folder, 'shop', plan, took('image/web', 3))
  await noteTimes(folder, 'shop', many, {
    done: many.map(({ step: { id } }) => ({ id, result: 'created', seconds: 4 })),
  })
  // Of both: 1 and 3.
  expect(await usual(folder)).toBe(2)
  expect(await usual(folder, planOf(['hosts']))).toBeUndefined()
  const text = await readFile(join(folder, 'times', 'steps.json'), 'utf8')
  expect(Object.keys(JSON.parse(text) as object)).toHaveLength(300)
  expect(text).not.toMatch(/shop|image|service/)
})

test.each([
  ['cut', '{"s1": [1'],
  ['of another shape', '[1]'],
])('takes a file that is %s for none, and writes it again', async (_what, text) => {
  const folder = await ownFolder()
  await mkdir(join(folder, 'times'))
  await writeFile(join(folder, 'times', 'steps.json'), text)
  expect(await usual(folder)).toBeUndefined()
  await noteTimes(folder, 'shop', plan, took('image/web', 7))
  expect(await usual(folder)).toBe(7)
})

test('keeps nothing, and says nothing, where nothing can be written', async () => {
  const folder = await ownFolder()
  await writeFile(join(folder, 'times'), '')
  await expect(noteTimes(folder, 'shop', plan, took('image/web', 7))).resolves.toBeUndefined()
  expect(await usual(folder)).toBeUndefined()
})
