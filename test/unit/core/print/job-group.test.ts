import { PassThrough, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { groupsOf } from '../../../../core/print/job-group.ts'
import { terminalOf } from '../../../../core/print/terminal.ts'

const written = (env: Readonly<Record<string, string>>): string => {
  let text = ''
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      text += chunk.toString()
      done()
    },
  })
  const group = groupsOf(stream, env, () => 1_700_000_000_500)
  const end = group?.('shop: 12\nsteps')
  stream.write('✓ cluster/api\n')
  end?.()
  end?.()
  group?.('again')()
  return text
}

it.each([
  [
    'GitHub',
    { GITHUB_ACTIONS: 'true' },
    '::group::shop: 12 steps\n✓ cluster/api\n::endgroup::\n::group::again\n::endgroup::\n',
  ],
  [
    'GitLab',
    { GITLAB_CI: 'true' },
    '\u001B[0Ksection_start:1700000000:kindup_1[collapsed=true]\r\u001B[0Kshop: 12 steps\n✓ cluster/api\n' +
      '\u001B[0Ksection_end:1700000000:kindup_1\r\u001B[0K\n' +
      '\u001B[0Ksection_start:1700000000:kindup_2[collapsed=true]\r\u001B[0Kagain\n' +
      '\u001B[0Ksection_end:1700000000:kindup_2\r\u001B[0K\n',
  ],
  ['a runner of another kind', { CI: 'true' }, '✓ cluster/api\n'],
])('the log of %s folds what is between begin and end', (_runner, env, text) => expect(written(env)).toBe(text))

it('nothing is folded where prose is silenced', () => {
  const stream = new PassThrough()
  const streams = { stdin: {}, stdout: stream, stderr: stream }
  expect(terminalOf(streams, { GITLAB_CI: 'true' }, { quiet: true }).group).toBeUndefined()
  expect(terminalOf(streams, { GITLAB_CI: 'true' }).group).toBeDefined()
})
