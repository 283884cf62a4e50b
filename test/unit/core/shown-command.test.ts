import { execFileSync } from 'node:child_process'
import { expect, it } from 'vitest'
import { shown } from '../../../core/shown-command.ts'

it('shows a command as it can be pasted into a shell', () => {
  expect(shown('ls', ['-ld', '/home/me/my files'])).toBe("ls -ld '/home/me/my files'")
  expect(shown('rm', ['-r', '/home/me/.cache/old'])).toBe('rm -r /home/me/.cache/old')
  const odd = ["it's", '$HOME', 'a b', '~', '`id`', '']
  expect(execFileSync('/bin/sh', ['-c', shown('printf', ['%s|', ...odd])], { encoding: 'utf8' })).toBe(
    `${odd.join('|')}|`,
  )
})
