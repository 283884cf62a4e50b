import { expect, it } from 'vitest'
import { EnvironmentError, StoppedError } from '../../../../core/errors.ts'
import { patiently } from '../../../../app/watch/patiently.ts'

const busy = () => new EnvironmentError('busy', 'kindup down (process 7) has worked on this cluster since 12:00:00.')
const patience = (signal = new AbortController().signal, timeoutMs = 60_000) => {
  const said: string[] = []
  return { said, options: { signal, timeoutMs, say: (text: string) => void said.push(text) } }
}

it('waits for another run, and says once for whom', async () => {
  let tries = 0
  const { said, options } = patience()
  const take = () => (++tries < 3 ? Promise.reject(busy()) : Promise.resolve('hold'))
  expect(await patiently(take, options)).toBe('hold')
  expect(said).toEqual(['Waiting: kindup down (process 7) has worked on this cluster since 12:00:00.'])
})

it('does not wait for ever, nor for anything else', async () => {
  await expect(patiently(() => Promise.reject(busy()), patience(undefined, -1).options)).rejects.toMatchObject({
    code: 'busy',
  })
  await expect(patiently(() => Promise.reject(new Error('broken')), patience().options)).rejects.toThrow('broken')
})

it('ends when it is stopped', async () => {
  const stop = new AbortController()
  const { options } = patience(stop.signal)
  const waiting = patiently(() => Promise.reject(busy()), { ...options, say: () => stop.abort(new StoppedError()) })
  await expect(waiting).rejects.toMatchObject({ code: 'stopped' })
})
