import { execFile, spawnSync } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cacheFolder } from '../../core/paths.ts'
import { root as checkout } from '../support/real-cluster.ts'

// Debian for real, in a folder of the test's own: its packages come from where this machine has them. What Docker's
// start needs of the kernel is the machine's; where it is not given, the words for that are what is looked at.
// Ubuntu takes the same way where debootstrap can fetch it: KINDUP_BOX_SUITES="trixie noble".

const run = promisify(execFile)
const has = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
const whyNot =
  process.platform !== 'linux'
    ? 'this is no Linux'
    : process.getuid?.() !== 0
      ? 'only root makes a chroot'
      : ['debootstrap', 'unshare', 'chroot'].find((program) => !has(program))
const why = whyNot === undefined || whyNot.includes(' ') ? whyNot : `there is no ${whyNot}`
if (why !== undefined) console.warn(`SKIPPED: ${why}; that \`up\` sets up a real Debian is not tried.`)

const suites = (process.env['KINDUP_BOX_SUITES'] ?? 'trixie').split(/\s+/)

describe.skipIf(why !== undefined).each(suites)('up on %s with Node alone', (suite) => {
  let folder = ''
  let whyNoSystem: string | undefined
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kindup-box-'))
    const packages = join(cacheFolder(process.env), 'test', 'packages', suite)
    await mkdir(packages, { recursive: true })
    // Node 26 is linked against it, and the smallest Debian lacks it.
    const flags = ['--variant=minbase', '--include=libatomic1', `--cache-dir=${packages}`, suite, join(folder, 'root')]
    const made = await run('debootstrap', flags, { maxBuffer: 2 ** 26 }).catch((error: unknown) => error as Error)
    if (made instanceof Error) {
      whyNoSystem = made.message.trim().split('\n').at(-1)
      console.warn(`SKIPPED: ${suite} cannot be had here (${whyNoSystem}).`)
      return
    }
    await cp('/etc/resolv.conf', join(folder, 'root', 'etc', 'resolv.conf'))
    await mkdir(join(folder, 'root', 'kindup'))
    // Should an engine start: this machine's network is not its to change.
    await mkdir(join(folder, 'root', 'etc', 'docker'), { recursive: true })
    await writeFile(join(folder, 'root', 'etc', 'docker', 'daemon.json'), '{ "bridge": "none", "iptables": false }\n')
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Runs a command in there, with this checkout at /kindup, in mounts and processes of its own. */
  const inside = async (
    command: string,
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> => {
    const mounts = [
      'r="$1"',
      'mount --bind "$r" "$r"',
      'mount -t proc proc "$r/proc"',
      'mount --rbind /dev "$r/dev"',
      'mount --rbind /sys "$r/sys"',
      'mount --bind -o ro "$2" "$r/kindup"',
      'exec chroot "$r" /usr/bin/env -i HOME=/root LANG=C.UTF-8 NO_COLOR=1 PATH=/kindup/node_modules/.bin:/usr/sbin:/usr/bin:/sbin:/bin sh -c "$3"',
    ].join(' && ')
    const flags = ['--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child']
    const words = [...flags, 'sh', '-c', mounts, 'sh', join(folder, 'root'), checkout, command]
    try {
      return { code: 0, ...(await run('unshare', words, { maxBuffer: 2 ** 26 })) }
    } catch (error) {
      const { code, stdout, stderr } = error as Error & { code: number; stdout: string; stderr: string }
      return { code, stdout, stderr }
    }
  }

  it('installs Docker with its packages and starts it, or says what does not let it start', async ({ skip }) => {
    if (whyNoSystem !== undefined) skip(whyNoSystem)
    expect((await inside('command -v docker')).code).not.toBe(0)
    const asked = await inside('cd /kindup && node scripts/kindup.mjs up --json')
    expect(asked).toMatchObject({ code: 1 })
    expect(JSON.parse(asked.stdout)).toMatchObject({
      error: {
        code: 'engine-unreachable',
        hints: expect.arrayContaining([expect.stringMatching(/up --json --yes/)]) as unknown,
      },
    })
    const started = performance.now()
    const { code, stdout, stderr } = await inside('cd /kindup && node scripts/kindup.mjs up --yes --json')
    console.warn(`${suite}: up --yes took ${Math.round((performance.now() - started) / 1000)} s and ended with ${code}`)
    expect(stderr).toContain('install Docker with apt-get, and start it')
    expect((await inside('dpkg --status docker.io')).stdout).toContain('Status: install ok installed')
    expect((await inside('docker --version && docker buildx version')).code).toBe(0)
    const { error } = JSON.parse(stdout) as { error?: { code: string; message: string; hints: readonly string[] } }
    expect(await readFile(join(folder, 'root', 'etc', 'os-release'), 'utf8')).toMatch(/^ID=(debian|ubuntu)$/m)
    // Where it starts, what follows is no matter of this test.
    if (error?.code !== 'set-up') return
    console.warn(`The engine does not start here: ${error.message}`)
    expect(error.message).toMatch(/service docker start|The engine was not ready/)
    expect(error.hints.join('\n')).toContain('DOCKER_HOST')
  })
})
