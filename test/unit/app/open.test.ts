import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { endpointsMeant, loginFor } from '../../../app/endpoint-meant.ts'
import { copyText, openUrl } from '../../../app/open-url.ts'

const endpoints = [
  { name: 'web@dev', url: 'http://dev.web.localhost:8080' },
  { name: 'web@prod', url: 'http://prod.web.localhost:8080' },
  { name: 'argocd', url: 'https://argocd.localhost' },
  { name: 'db 5432', url: 'http://localhost:5432' },
]

describe('what is opened', () => {
  it.each([
    ['web@dev', ['web@dev']],
    ['web', ['web@dev', 'web@prod']],
    ['service/web@prod', ['web@prod']],
    ['addon/argocd', ['argocd']],
    ['prod.web.localhost', ['web@prod']],
    ['https://argocd.localhost', ['argocd']],
    ['db', ['db 5432']],
  ])('%s is %j', (word, names) => expect(endpointsMeant(word, endpoints).map(({ name }) => name)).toEqual(names))

  it('a name that nothing has is said, with the one that is nearest', () => {
    const refused = { message: 'Nothing that can be opened is called argcd.', hints: ['Did you mean argocd?'] }
    expect(() => endpointsMeant('argcd', endpoints)).toThrow(expect.objectContaining(refused))
  })

  it('its login is that of the same place, else of its name', () => {
    const logins = [
      { name: 'argocd', url: 'https://argocd.localhost/', password: 'a' },
      { name: 'web@dev', password: 'b' },
      { name: 'web@prod', url: 'http://elsewhere', password: 'c' },
    ]
    expect(endpoints.map((endpoint) => loginFor(endpoint, logins)?.password)).toEqual(['b', undefined, 'a', undefined])
  })
})

describe('programs of the desktop', () => {
  const desk = async (programs: Readonly<Record<string, string>>) => {
    const folder = await mkdtemp(join(tmpdir(), 'kindup-'))
    for (const [name, script] of Object.entries(programs)) {
      await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`)
      await chmod(join(folder, name), 0o755)
    }
    const env = { PATH: `${folder}:/usr/bin:/bin`, OUT: join(folder, 'out') }
    const heard = (): Promise<string> => readFile(env.OUT, 'utf8')
    return { env, heard, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) }
  }
  const url = 'http://dev.web.localhost:8080/?a=1&b=2'

  it('the next one is tried where one is not there or fails, and none where there is no display', async () => {
    await using at = await desk({ wslview: 'exit 3', 'rundll32.exe': 'echo "$@" > $OUT' })
    const wsl = { ...at.env, WSL_DISTRO_NAME: 'Debian' }
    expect(await openUrl(url, { env: wsl, platform: 'linux' })).toBe(true)
    expect(await at.heard()).toBe(`url.dll,FileProtocolHandler ${url}\n`)
    expect(await openUrl(url, { env: at.env, platform: 'linux' })).toBe(false)
    expect(await openUrl('file:///etc/passwd', { env: wsl, platform: 'linux' })).toBe(false)
  })

  it('a password goes by standard input, to a program that stays behind as well', async () => {
    await using at = await desk({ xclip: 'cat > $OUT; echo "$@" >> $OUT; sleep 5 & exit 0' })
    const env = { ...at.env, DISPLAY: ':0' }
    expect(await copyText('sesame', { env, platform: 'linux' })).toBe(true)
    expect(await at.heard()).toBe('sesame-selection clipboard\n')
    expect(await copyText('sesame', { env: at.env, platform: 'linux' })).toBe(false)
  })
})
