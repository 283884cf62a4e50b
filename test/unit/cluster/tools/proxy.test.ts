import { expect, test } from 'vitest'
import { proxiesOf } from '../../../../cluster/tools/proxy.ts'

const none = { httpProxy: '', httpsProxy: '', noProxy: '' }

test.for([
  [{}, none],
  [{ HTTPS_PROXY: '' }, none],
  [{ HTTPS_PROXY: 'http://proxy:3128' }, { ...none, httpsProxy: 'http://proxy:3128' }],
  // As curl does: small letters win, a missing scheme is http, and HTTP_PROXY serves https as well.
  [
    { https_proxy: 'http://small:1', HTTPS_PROXY: 'http://big:1' },
    { ...none, httpsProxy: 'http://small:1' },
  ],
  [{ HTTP_PROXY: 'proxy:3128' }, { ...none, httpProxy: 'http://proxy:3128', httpsProxy: 'http://proxy:3128' }],
  [{ NO_PROXY: 'a, b' }, { ...none, noProxy: 'a, b' }],
  [{ no_proxy: '', NO_PROXY: 'a' }, none],
] as const)('%j', ([env, proxies]) => {
  expect(proxiesOf(env)).toEqual(proxies)
})

test('what is no proxy is refused without its login', () => {
  expect(() => proxiesOf({ HTTPS_PROXY: 'ftp://me:secret@proxy' })).toThrow(
    'HTTPS_PROXY is ftp://proxy, which is no address of a proxy.',
  )
})
