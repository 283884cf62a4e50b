import { expect, test } from 'vitest'
import { withoutLogin } from '../../../../core/mask/without-login.ts'

test.for([
  ['tcp://me:secret@far.test:2376', 'tcp://far.test:2376'],
  ['http://me:secret@proxy:3128/', 'http://proxy:3128/'],
  ['https://ghp_token@host.test/x', 'https://host.test/x'],
  ['https://me:a@b@host.test/x', 'https://host.test/x'],
  ['me:secret@proxy:3128', 'proxy:3128'],
  ['http://proxy:3128/a@b', 'http://proxy:3128/a@b'],
  ['ssh://me:secret@box', 'ssh://me@box'],
  ['ssh://me@box', 'ssh://me@box'],
  ['unix:///var/run/docker.sock', 'unix:///var/run/docker.sock'],
  ['proxy', 'proxy'],
] as const)('%s may be shown as %s', ([address, shown]) => {
  expect(withoutLogin(address)).toBe(shown)
})
