import process from 'node:process'
import { expect, it, vi } from 'vitest'
import { faultOf } from '../../../core/fault.ts'

it('hits once, at its step and moment', () => {
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true)
  const fault = faultOf('image/web:middle:SIGSTOP')
  for (const id of ['image/api', 'image/web', 'image/web'])
    for (const at of ['before', 'middle'] as const) fault?.(id, at)
  expect(kill.mock.calls).toEqual([[process.pid, 'SIGSTOP']])
})
