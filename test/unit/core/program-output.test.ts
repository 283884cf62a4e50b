import { expect, test } from 'vitest'
import { jsonFrom } from '../../../core/program-output.ts'

const whole = JSON.stringify([{ Id: 'sha256:1', Size: 9_007_199_254_740_993n.toString() }])

test('reads what is whole, with every digit', () => {
  expect(jsonFrom('docker inspect a', '[{"Id":"a"}]\n')).toEqual([{ Id: 'a' }])
  expect(String(jsonFrom('docker inspect a', '9007199254740993'))).toBe('9007199254740993')
})

test.each(Array.from(whole, (_, at) => at))('names the program where its output ends after %i characters', (at) => {
  expect(() => jsonFrom('docker inspect a', whole.slice(0, at))).toThrowError(
    expect.objectContaining({
      code: 'program-output',
      exitCode: 1,
      message: expect.stringContaining('`docker inspect a` wrote no whole JSON'),
    }),
  )
})
