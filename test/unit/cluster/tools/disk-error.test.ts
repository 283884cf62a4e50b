import { expect, test } from 'vitest'
import { cacheTrouble, isDiskError } from '../../../../cluster/tools/disk-error.ts'

const failed = (code: string, syscall: string): NodeJS.ErrnoException =>
  Object.assign(new Error(`${code}: it failed, ${syscall}`), { code, syscall })

test.for([
  ['ENOSPC', 'write', 'has no room left (\\d+ .. free)'],
  ['EROFS', 'mkdir', 'is read-only (EROFS)'],
  // What a recursive mkdir says of a read-only file system.
  ['ENOENT', 'mkdir', 'cannot be made, or is gone meanwhile (ENOENT)'],
  ['EACCES', 'open', 'gives no write permission (EACCES)'],
] as const)('%s of %s is the disk’s', ([code, syscall, words]) => {
  const error = failed(code, syscall)
  expect(isDiskError(error)).toBe(true)
  expect(cacheTrouble('/cache', error)).toMatchObject({
    code: 'cache-unusable',
    message: expect.stringMatching(new RegExp(`^The cache /cache ${words.replaceAll(/[()]/g, '.')}.$`)) as string,
    hints: [expect.stringContaining('KINDUP_CACHE=') as string],
  })
})

test.for([
  ['EACCES', 'connect'],
  ['EPERM', 'connect'],
  ['ECONNRESET', 'read'],
  ['EPIPE', 'write'],
  ['ENOTFOUND', 'getaddrinfo'],
] as const)('%s of %s is the network’s', ([code, syscall]) => {
  expect(isDiskError(failed(code, syscall))).toBe(false)
})
