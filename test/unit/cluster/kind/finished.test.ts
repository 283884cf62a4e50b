import { expect, it } from 'vitest'
import { isMarkedFinished } from '../../../../cluster/kind/finished.ts'
import { nodeContainer, standInEngine } from '../../../support/stand-in-engine.ts'

const marked = async (code: number, stderr = '', running = true): Promise<boolean> => {
  const { engine } = standInEngine({ exec: () => Promise.resolve({ stdout: '', stderr, code }) })
  return isMarkedFinished(engine, [nodeContainer('demo', 'control-plane', { running })])
}

it('tells a cluster that was finished from one that perhaps never was', async () => {
  expect(await marked(0)).toBe(true)
  expect(await marked(1)).toBe(false)
  expect(await marked(1, '', false)).toBe(false)
})

it('takes a cluster that nobody can ask for one that was finished', async () => {
  expect(await marked(1, 'Error response from daemon: Container demo-control-plane is paused\n')).toBe(true)
})
