import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { ownEngineFile, startDockerd } from '../support/own-dockerd.ts'

// Gives a command a Docker engine that is nobody else's, so that it may be restarted and its disk be filled: in a network,
// mount and process namespace of its own, with its data on a file that is mounted. Needs root on Linux.

const usage = `node test/faults/own-engine.ts FOLDER COMMAND [ARGUMENT...]

FOLDER keeps the engine's disk, a file of 8 GB, so that the images in it are there the next time. Images of this machine's engine that
KINDUP_FAULT_IMAGES names (default: what the real fault table needs) are put into it. KINDUP_BOX_DOCKERD and
KINDUP_BOX_DOCKERD_CONFIG name another dockerd than that on the PATH, and a daemon.json to begin with.`

const disk = 8 * 1024 ** 3
const images = (
  process.env['KINDUP_FAULT_IMAGES'] ??
  'kindest/node:v1.36.4 registry.k8s.io/metrics-server/metrics-server:v0.8.1 registry:3'
).split(' ')

const must = (program: string, ...args: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${error?.message ?? stderr}`)
  return stdout.trim()
}

/** The engine that was there before, by a path that /run does not hide. */
const before = (folder: string): string => join(folder, 'before.sock')

const outside = (folder: string, command: readonly string[]): Promise<number> => {
  mkdirSync(folder, { recursive: true })
  for (const file of ['disk.img', 'before.sock'])
    if (!existsSync(join(folder, file))) writeFileSync(join(folder, file), '')
  const image = join(folder, 'disk.img')
  if (statSync(image).size === 0) {
    truncateSync(image, disk)
    must('mkfs.ext4', '-q', '-F', image)
  }
  const flags = ['--net', '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--mount-proc']
  const own = [process.execPath, fileURLToPath(import.meta.url), folder, ...command]
  const child = spawn('unshare', [...flags, ...own], {
    stdio: 'inherit',
    env: { ...process.env, KINDUP_FAULT_ENGINE: 'own' },
  })
  // It waits for the engine whatever it is told, and the engine ends with it.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill('SIGKILL'))
  return ended(child)
}

const inside = async (folder: string, [program = '', ...args]: readonly string[]): Promise<number> => {
  const work = join(folder, 'disk')
  mkdirSync(work, { recursive: true })
  // What is deleted in it takes no room of this machine any longer.
  must('mount', '-o', 'loop,discard', join(folder, 'disk.img'), work)
  must('mount', '--bind', '/run/docker.sock', before(folder))
  must('mount', '-t', 'tmpfs', 'tmpfs', '/run')
  must('ip', 'link', 'set', 'lo', 'up')
  writeFileSync('/proc/sys/net/ipv4/ip_forward', '1')
  // Whether there is a way out is asked of the routes; nobody answers there.
  must('ip', 'link', 'add', 'world', 'type', 'bridge')
  must('ip', 'address', 'add', '10.203.0.1/24', 'dev', 'world')
  must('ip', 'link', 'set', 'world', 'up')
  must('ip', 'route', 'add', 'default', 'dev', 'world')
  const dockerd = process.env['KINDUP_BOX_DOCKERD'] ?? must('sh', '-c', 'command -v dockerd')
  const pid = await startDockerd({ work, dockerd, config: process.env['KINDUP_BOX_DOCKERD_CONFIG'] ?? '' })
  writeFileSync(ownEngineFile, JSON.stringify({ pid, work, dockerd }))
  for (const image of images)
    if (spawnSync('docker', ['image', 'inspect', image], { stdio: 'ignore' }).status !== 0)
      must('sh', '-c', `docker --host unix://${before(folder)} save ${image} | docker load`)
  return ended(spawn(program, args, { stdio: 'inherit' }))
}

const ended = (child: ChildProcess): Promise<number> =>
  new Promise((done, fail) => {
    child.on('error', fail)
    child.on('close', (code) => done(code ?? 1))
  })

const [folder, ...command] = process.argv.slice(2)
if (folder === undefined || command.length === 0) {
  console.error(usage)
  process.exitCode = 2
} else {
  const code = await (process.env['KINDUP_FAULT_ENGINE'] === 'own' ? inside : outside)(resolve(folder), command)
  // It is the first process of its namespace: the engine and what it runs end with it.
  // oxlint-disable-next-line unicorn/no-process-exit
  process.exit(code)
}
