import { expect, it } from 'vitest'
import { cutOutputs, quickCommands } from '../mutations/cut-outputs.ts'

it('names the program that ends well and writes a part of its answer', async () => {
  // At every byte, and of more commands: npm run test:mutations -- 10000 1 --only outputs
  const { runs, calls, failures } = await cutOutputs(4_000, quickCommands)
  expect(failures.map(({ what, error }) => `${what}: ${String(error)}`)).toEqual([])
  expect(new Set(calls.map((line) => line.split(' ', 1)[0]))).toEqual(new Set(['docker', 'helm', 'kubectl', 'kind']))
  expect(runs).toBeGreaterThan(calls.length - 1)
})
