import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import type { Sandbox } from '../sandbox.ts'

/** Only there apt-get is what installs Docker. */
export const isDebian = (() => {
  try {
    return /^ID(_LIKE)?=.*(debian|ubuntu)/m.test(readFileSync('/etc/os-release', 'utf8'))
  } catch {
    return false
  }
})()

export type System = {
  /** How the programs were called so far: `apt-get update`. Without those that raise limits: they are called where those of this machine are low. */
  readonly calls: () => Promise<readonly string[]>
  /** Another script for one of its programs, behind `#!/bin/sh`. */
  readonly put: (program: string, script: string) => Promise<void>
}

/**
 * Stand-ins of what a system without an engine has, which note how they are called: apt-get installs the program
 * `packages/docker`, `service` and `systemctl` make the file `started`. sudo asks for nothing.
 */
export const withSystem = async (at: Sandbox): Promise<System> => {
  const put: System['put'] = (program, script) =>
    at.write(`bin/${program}`, `#!/bin/sh\necho "\${0##*/} $*" >> '${at.path('system.log')}'\n${script}\n`, 0o755)
  await mkdir(at.path('bin'), { recursive: true })
  await put('apt-get', `[ "$1" = install ] || exit 0\n/bin/mv '${at.path('packages', 'docker')}' '${at.path('bin')}'`)
  for (const name of ['service', 'systemctl']) await put(name, `: > '${at.path('started')}'`)
  await put('usermod', '')
  for (const name of ['tee', 'sysctl']) await put(name, '')
  // `sg GROUP -c COMMAND`
  await put('sg', '/bin/sh -c "$3"')
  // `sudo -n PROGRAM …`
  await at.write('bin/sudo', '#!/bin/sh\nshift\nexec "$@"\n', 0o755)
  const calls = () =>
    at.read('system.log').then(
      (text) => text.split('\n').filter((call) => !/^(tee |sysctl |$)/.test(call)),
      () => [],
    )
  return { calls, put }
}
