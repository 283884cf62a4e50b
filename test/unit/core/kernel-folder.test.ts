import { mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kernelFolder } from '../../../core/kernel-folder.ts'
import { refuseKernelFolders } from '../../../scripts/written-paths.ts'
import { ownFolder } from '../../support/own-folder.ts'

describe.skipIf(process.platform === 'win32')('what the kernel makes up', () => {
  it('is told by the way that a path takes, links followed, whether it is there or not', async () => {
    const folder = await ownFolder()
    mkdirSync(join(folder, 'proc'))
    symlinkSync('/dev', join(folder, 'devices'))
    expect(
      ['/proc/x/y', '/sys/z', '/dev/null', '/dev/full', '/proc', join(folder, 'devices/none/x')].map(kernelFolder),
    ).toEqual(['/proc', '/sys', '/dev', '/dev', '/proc', '/dev'])
    expect([join(folder, 'proc/x'), '/process/x', '/dev/shm/x', folder, '/none'].map(kernelFolder)).toEqual(
      Array.from({ length: 5 }),
    )
  })

  it.each([
    [{ out: '/proc/x' }, {}, '--out /proc/x leads into /proc'],
    [{ trace: '/sys/t.json' }, {}, '--trace /sys/t.json leads into /sys'],
    [{ hostsFile: '/dev/full' }, {}, '--hosts-file /dev/full leads into /dev'],
    [{ report: '../proc/r.html' }, {}, '--report ../proc/r.html leads into /proc'],
    [{}, { HOME: '/proc/x' }, 'HOME=/proc/x leads into /proc'],
    [{}, { HOME: '/tmp', KINDUP_CACHE: '/sys/c' }, 'KINDUP_CACHE=/sys/c leads into /sys'],
    [{}, { HOME: '/tmp', KUBECONFIG: '/tmp/a:/proc/k' }, 'KUBECONFIG=/tmp/a:/proc/k leads into /proc'],
  ])('is refused in %j with %j', (flags, env, sentence) => {
    expect(() => refuseKernelFolders(flags, { cwd: '/tmp', env })).toThrow(sentence)
  })

  it('is nothing that anybody asks of by a device that stands for nothing, or where the cache is elsewhere', () => {
    for (const env of [
      { HOME: '/dev/null' },
      { HOME: '/tmp', KUBECONFIG: '/dev/null' },
      { HOME: '/proc/x', KINDUP_CACHE: '/tmp' },
    ])
      expect(() => refuseKernelFolders({ out: './x' }, { cwd: '/tmp', env })).not.toThrow()
  })
})
