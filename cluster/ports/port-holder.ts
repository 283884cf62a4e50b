import { readFile, readdir, readlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { PortConfig } from '../../config/config.ts'
import { unlessRefused } from '../../core/errors.ts'
import type { Run } from '../../core/run.ts'
import type { Engine } from '../engine/engine.ts'

type Dependencies = {
  readonly run: Run
  readonly proc: string
  readonly engine: Engine | undefined
  readonly signal?: AbortSignal | undefined
}

/** Who holds a host port, as far as it can be told: `container web`, `nginx (process 812)`. */
export const portHolder = async (port: PortConfig, dependencies: Dependencies): Promise<string | undefined> =>
  // The program of a published port is the engine's own proxy: the container says more.
  (await containerHolding(port, dependencies)) ??
  (await processHolding(port, dependencies.proc)) ??
  listedHolder(port, dependencies)

const containerHolding = async ({ hostPort, protocol }: PortConfig, { run, engine, signal }: Dependencies) => {
  if (!engine) return undefined
  const format = '{{.Names}}\t{{.Ports}}'
  const listed = await asked(run, engine.command, ['ps', '--format', format], signal)
  const published = new RegExp(String.raw`[\d\]]:${hostPort}->\d+/${protocol}\b`)
  const line = listed?.split('\n').find((each) => published.test(each.split('\t')[1] ?? ''))
  return line === undefined ? undefined : `the container ${line.split('\t')[0]}`
}

/** From the kernel's tables of sockets and of open files; others' files are closed to an ordinary user. */
const processHolding = async ({ hostPort, protocol }: PortConfig, proc: string): Promise<string | undefined> => {
  const tables = await Promise.all(
    [protocol, `${protocol}6`].map((table) => readFile(join(proc, 'net', table), 'utf8').catch(() => '')),
  )
  const inode = tables.map((table) => socketOn(table, hostPort, protocol)).find((found) => found !== undefined)
  if (inode === undefined) return undefined
  const ids = (await readdir(proc).catch(() => [])).filter((entry) => /^\d+$/.test(entry))
  const holders = await Promise.all(
    ids.map(async (id) => {
      const files = await readdir(join(proc, id, 'fd')).catch(() => [])
      const links = await Promise.all(files.map((fd) => readlink(join(proc, id, 'fd', fd)).catch(() => '')))
      return links.includes(`socket:[${inode}]`) ? id : undefined
    }),
  )
  const id = holders.find((holder) => holder !== undefined)
  if (id === undefined) return undefined
  const name = await readFile(join(proc, id, 'comm'), 'utf8').catch(() => 'a program')
  return `${name.trim()} (process ${id})`
}

/** The inode of the socket that is bound to the port. TCP state 0A is listening. */
const socketOn = (table: string, port: number, protocol: string): string | undefined => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const fields = table.split('\n').map((line) => line.trim().split(/\s+/))
  return fields.find(
    ([, local = '', , state]) => local.endsWith(`:${hex}`) && (protocol !== 'tcp' || state === '0A'),
  )?.[9]
}

/** macOS has no tables of the kernel to read, and brings lsof. */
const listedHolder = async (
  { hostPort, protocol }: PortConfig,
  { run, signal }: Dependencies,
): Promise<string | undefined> => {
  const filter = protocol === 'tcp' ? [`-iTCP:${hostPort}`, '-sTCP:LISTEN'] : [`-iUDP:${hostPort}`]
  const listed = await asked(run, 'lsof', ['-nP', ...filter, '-Fpc'], signal)
  const [, id, name] = /^p(\d+)\nc(.*)$/m.exec(listed ?? '') ?? []
  return id === undefined ? undefined : `${name} (process ${id})`
}

const asked = async (run: Run, program: string, args: readonly string[], signal: AbortSignal | undefined) => {
  return unlessRefused(
    async () => (await run(program, args, { timeoutMs: 5000, ...(signal ? { signal } : {}) })).stdout,
    undefined,
  )
}
