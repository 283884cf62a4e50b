import { certsFolder } from '../../config/certs-folder.ts'
import { together } from '../../core/shared.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'
import { clusterContainers } from '../kind/situation.ts'
import { foldersIn } from './certs-folders.ts'

const folderOf = (host: string): string => `${certsFolder}/${host}`
/** A host with a port has a second folder, which containerd looks into first: `localhost_5001_`. */
const firstFolders = (host: string): readonly string[] =>
  /:\d+$/.test(host) ? [host.replace(/:(\d+)$/, '_$1_'), host] : [host]
/** The first line of what kindup wrote. */
const mark = '# Written by kindup, and taken away by it.'

/** What one node's containerd is told of registries. */
type Node = {
  readonly name: string
  /** host → text of its hosts.toml */
  readonly hosts: ReadonlyMap<string, string>
}

/** Where the containerd of a cluster's nodes looks for registries. It follows changes without a restart. */
export type Certs = {
  /** Names of the nodes that are told something else of `host`, or nothing. */
  lacking(host: string, text: string): Promise<readonly string[]>
  /** Throws `certs-taken` where somebody else told a node of it, and `recreate-needed` where nodes certainly do not look. */
  write(host: string, text: string): Promise<void>
  remove(host: string): Promise<void>
}

export const makeCerts = (find: () => Promise<Engine>, name: string): Certs => {
  // Several steps look at the same time, and each look is a process for each node.
  const probe = together(() => probeNodes(find, name))
  return {
    lacking: async (host, text) =>
      (await probe()).filter(({ hosts }) => hosts.get(host) !== marked(text)).map((node) => node.name),
    write: async (host, text) => {
      const [engine, nodes] = await Promise.all([find(), probe()])
      for (const folder of firstFolders(host)) {
        const theirs = nodes.filter(({ hosts }) => hosts.get(folder)?.startsWith(mark) === false)
        if (theirs.length > 0)
          throw new EnvironmentError(
            'certs-taken',
            `${theirs.map((node) => node.name).join(', ')} ${theirs.length > 1 ? 'have' : 'has'} a ${folderOf(folder)}/hosts.toml that kindup did not write.`,
            { hints: [`Take it away, or take ${host} out of cluster.registry and cluster.mirrors.`] },
          )
      }
      const lacking = nodes.filter(({ hosts }) => hosts.get(host) !== marked(text))
      await refuseBlind(
        engine,
        name,
        lacking.map((node) => node.name),
      )
      await Promise.all(
        lacking.map((node) =>
          engine.exec(node.name, ['install', '-D', '-m', '644', '/dev/stdin', `${folderOf(host)}/hosts.toml`], {
            input: marked(text),
          }),
        ),
      )
    },
    remove: async (host) => {
      const [engine, nodes] = await Promise.all([find(), probe()])
      const ours = nodes.filter(({ hosts }) => hosts.get(host)?.startsWith(mark))
      await Promise.all(
        ours.map(async (node) => {
          await engine.exec(node.name, ['rm', '-f', `${folderOf(host)}/hosts.toml`])
          // Certificates that somebody put beside it stay.
          await engine.exec(node.name, ['rmdir', '--ignore-fail-on-non-empty', folderOf(host)], { okCodes: [0, 1] })
        }),
      )
    },
  }
}

const marked = (text: string): string => `${mark}\n${text}`

/** The nodes that run, and what stands there. */
const probeNodes = async (find: () => Promise<Engine>, name: string): Promise<readonly Node[]> => {
  const engine = await find()
  const containers = await clusterContainers(engine, name)
  const nodes = [...withRole(containers, 'control-plane'), ...withRole(containers, 'worker')].filter(
    ({ running }) => running,
  )
  return Promise.all(
    nodes.map(async (node) => {
      const words = ['grep', '-r', '-s', '--include=hosts.toml', '', certsFolder]
      const { stdout } = await engine.exec(node.name, words, { okCodes: [0, 1, 2] })
      return { name: node.name, hosts: hostsFrom(stdout) }
    }),
  )
}

/** host → text of its file, from lines of `path:text`. */
export const hostsFrom = (stdout: string): ReadonlyMap<string, string> => {
  const hosts = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const [, host, text] = /^\/etc\/containerd\/certs\.d\/([^/]+)\/hosts\.toml:(.*)$/.exec(line) ?? []
    if (host !== undefined) hosts.set(host, `${hosts.get(host) ?? ''}${text}\n`)
  }
  return hosts
}

/** What containerd itself says counts: no line of its file is in every image, and not every containerd needs one. */
const refuseBlind = async (engine: Engine, cluster: string, nodes: readonly string[]): Promise<void> => {
  const okCodes = Array.from({ length: 256 }, (_, code) => code)
  const looks = await Promise.all(
    nodes.map(async (node) => {
      const [version, dump] = await Promise.all([
        engine.exec(node, ['containerd', '--version'], { okCodes }),
        engine.exec(node, ['containerd', 'config', 'dump'], { okCodes }),
      ])
      return { node, folders: foldersIn(version.stdout, dump.stdout) }
    }),
  )
  const blind = looks.filter(({ folders }) => folders?.includes(certsFolder) === false)
  const [first] = blind
  if (!first) return
  const where = first.folders?.length ? `only into ${first.folders.join(' and ')}` : 'nowhere'
  throw new EnvironmentError(
    'recreate-needed',
    `The containerd of ${blind.map(({ node }) => node).join(', ')} looks for registries ${where}, and kindup tells it of them in ${certsFolder}: the cluster was made before the file had a registry or mirrors.`,
    { hints: [`kindup down --name ${cluster} && kindup up   # makes the cluster again`] },
  )
}
