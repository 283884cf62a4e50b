import { execFileSync } from 'node:child_process'
import { constants, closeSync, openSync, readSync, statSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { expect, it } from 'vitest'
import { writeFileAtomic } from '../../../core/atomic-write.ts'
import { replaceFile } from '../../../core/replace-file.ts'
import { ownFolder } from '../../support/own-folder.ts'

// As root /dev/null itself was replaced by a file, for everybody: a kubeconfig or a report may be there.
it.skipIf(process.platform === 'win32').each([
  ['writeFileAtomic', writeFileAtomic],
  ['replaceFile', replaceFile],
])('a pipe or a device is written to, and stays one (%s)', async (_name, write) => {
  const pipe = join(await ownFolder(), 'pipe')
  execFileSync('mkfifo', [pipe])
  const reader = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    await write(pipe, Buffer.from('said'))
    const heard = Buffer.alloc(8)
    expect(statSync(pipe).isFIFO()).toBe(true)
    expect(heard.toString('utf8', 0, readSync(reader, heard))).toBe('said')
  } finally {
    closeSync(reader)
  }
})
