import { expect, test } from 'vitest'
import { holdsSecret, secretValues } from '../../../../core/mask/secret-values.ts'

test.for([
  ['MY_TOKEN', 'abcdef', ['abcdef']],
  ['DOCKER_AUTH_CONFIG', '{"auths":{}}', ['{"auths":{}}']],
  ['MY_TOKEN', 'abc', []],
  ['MY_TOKEN', '/run/secrets/token', []],
  ['DOCKER_HOST', 'tcp://me:secret@build:2375', ['secret']],
  ['HTTPS_PROXY', 'http://me:p%40ss@proxy', ['p%40ss', 'p@ss']],
  ['HTTPS_PROXY', 'http://me:50%off@proxy', ['50%off']],
  ['ANY_URL', 'https://ghp_token@host.test/x', ['ghp_token']],
  ['DOCKER_HOST', 'ssh://builder@box', []],
  ['DOCKER_HOST', 'unix:///var/run/docker.sock', []],
  ['PATH', '/usr/bin:/bin', []],
] as const)('%s=%s hides %j', ([name, value, hidden]) => {
  expect(secretValues({ [name]: value })).toEqual(hidden)
})

test.for([
  ['a value of the environment', { url: 'postgres://me:hunter22@db' }, true],
  ['the same in a list of a patch', [{ patch: 'value: hunter22' }], true],
  ['a key that tells', { auth: { adminPassword: 'letmein' } }, true],
  ['a key of `set` that tells', { 'auth.token': 'abcdef' }, true],
  ['an item under such a key', { tokens: [], token: ['abcdef'] }, true],
  ['a short text', { password: 'abc' }, false],
  ['a path', { file: '/home/me' }, false],
  ['a port', { port: '300800' }, false],
  ['nothing of it', { replicas: 2, host: 'web.localhost', image: null }, false],
] as const)('%s: %j is a secret: %s', ([, given, expected]) => {
  expect(holdsSecret(given, { DB: 'hunter22', HOME: '/home/me', PORT: '300800', npm_package_name: 'localhost' })).toBe(
    expected,
  )
})
