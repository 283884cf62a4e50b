import { expect, it } from 'vitest'
import { makeMail } from '../../../../app/watch/mail.ts'

it('hands events out one after the other, those too that came before anybody asked', async () => {
  const mail = makeMail<number>()
  mail.post(1)
  mail.post(2)
  expect([await mail.next(), await mail.next()]).toEqual([1, 2])
  const third = mail.next()
  mail.post(3)
  mail.post(4)
  expect([await third, await mail.next()]).toEqual([3, 4])
})
