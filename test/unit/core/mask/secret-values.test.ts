import { expect, test } from 'vitest'
import { holdsText, secretValues } from '../../../../core/mask/secret-values.ts'

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
  ['a part of a text', { url: 'postgres://me:hunter22@db' }, true],
  ['a text in a list', [{ patch: 'value: hunter22' }], true],
  ['nothing of it', { replicas: 2, host: 'web.localhost', image: null, password: 'letmein' }, false],
] as const)('%s: %j holds it: %s', ([, data, expected]) => {
  expect(holdsText(data, ['hunter22'])).toBe(expected)
})
