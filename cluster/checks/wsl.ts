import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check } from './check.ts'

export const wslCheck: Check = {
  id: 'wsl',
  title: 'WSL leaves the hosts file alone',
  run: async ({ env, platform, etc = '/etc', hosts }) => {
    if (platform !== 'linux' || !env['WSL_DISTRO_NAME']) return { state: 'skipped', cause: 'This is no WSL.' }
    if (hosts?.file !== '/etc/hosts')
      return { state: 'ok', evidence: `WSL ${env['WSL_DISTRO_NAME']}; its hosts file is not used` }
    const settings = await readFile(join(etc, 'wsl.conf'), 'utf8').catch(() => '')
    if (/^\s*generateHosts\s*=\s*false/im.test(settings))
      return { state: 'ok', evidence: `WSL ${env['WSL_DISTRO_NAME']}; generateHosts is off` }
    return {
      state: 'warning',
      cause:
        "WSL rewrites /etc/hosts from Windows' file when it starts: the names are lost then, and browsers on Windows read Windows' file alone.",
      evidence: `WSL ${env['WSL_DISTRO_NAME']}`,
      fix: [
        `printf '[network]\\ngenerateHosts = false\\n' | sudo tee -a /etc/wsl.conf`,
        String.raw`For browsers on Windows, add the names to C:\Windows\System32\drivers\etc\hosts as well, or use names that end in .localhost.`,
      ].join('\n'),
    }
  },
}
