import { expect, it } from 'vitest'
import { EnvironmentError } from '../../../../core/errors.ts'
import { makeCauseOnce } from '../../../../core/print/cause-once.ts'

it('says a cause that stops several steps once, and then which step said it', () => {
  const causeOf = makeCauseOnce()
  const offline = () => new EnvironmentError('offline', 'There is no helm: this machine is offline.\nMore of it.')
  expect([
    causeOf('addon/a', offline()),
    causeOf('addon/b', offline()),
    causeOf('image/c', new EnvironmentError('disk-full', 'No space is left.')),
    causeOf('service/d', offline()),
  ]).toEqual(['There is no helm: this machine is offline.', 'as addon/a', 'No space is left.', 'as addon/a'])
})
