import { EnvironmentError } from '../../core/errors.ts'
import type { Engine } from '../engine/engine.ts'
import { withRole } from '../kind/endpoint.ts'
import { clusterContainers } from '../kind/situation.ts'

const root = '/etc/containerd'
const folderOf = (host: string): string => `${root}/certs.d/${host}`
/** The first line of what kindup wrote. */
const mark = '# Written by kindup, and taken away by it.'

/** What one node's containerd is told of registries. */
type Node = {
  readonly name: string
  /** host → text of its hosts.toml */
  readonly hosts: ReadonlyMap<string, string>
  /** Its containerd looks there at all: images before those of kind 0.27 do only where they are told to. */
  readonly reads: boolean
}

/** Where the containerd of a cluster's nodes looks for registries. It follows changes without a restart. */
export type Certs = {
  /** Names of the nodes that are told something else of `host`, or nothing. */
  lacking(host: string, text: string): Promise<readonly string[]>
  /** Throws `certs-taken` where somebody else told a node of it, and `recreate-needed` where nodes do not look. */
  write(host: string, text: string): Promise<void>
  remove(host: string): Promise<void>
}

export const makeCerts = (find: () => Promise<Engine>, name: string): Certs => {
  let looking: Promise<readonly Node[]> | undefined
  /** Several steps look at the same time, and each look is a process for each node. */
  const look = (): Promise<readonly Node[]> => {
    looking ??= lookInto(find, name).finally(() => {
      looking = undefined
    })
    return looking
  }
  return {
    lacking: async (host, text) =>
      (await look()).filter(({ hosts }) => hosts.get(host) !== marked(text)).map((node) => node.name),
    write: async (host, text) => {
      const [engine, nodes] = await Promise.all([find(), look()])
      const blind = nodes.filter(({ reads }) => !reads).map((node) => node.name)
      if (blind.length > 0)
        throw new EnvironmentError(
          'recreate-needed',
          `The containerd of ${blind.join(', ')} does not look into ${root}/certs.d: the cluster was made before the file had a registry or mirrors.`,
          { hints: [`kindup down --name ${name} && kindup up   # makes the cluster anew`] },
        )
      const theirs = nodes.filter(({ hosts }) => hosts.get(host)?.startsWith(mark) === false).map((node) => node.name)
      if (theirs.length > 0)
        throw new EnvironmentError(
          'certs-taken',
          `${theirs.join(', ')} ${theirs.length > 1 ? 'have' : 'has'} a ${folderOf(host)}/hosts.toml that kindup did not write.`,
          { hints: [`Take it away, or take ${host} out of cluster.registry and cluster.mirrors.`] },
        )
      await Promise.all(
        nodes
          .filter(({ hosts }) => hosts.get(host) !== marked(text))
          .map((node) =>
            engine.exec(node.name, ['install', '-D', '-m', '644', '/dev/stdin', `${folderOf(host)}/hosts.toml`], {
              input: marked(text),
            }),
          ),
      )
    },
    remove: async (host) => {
      const [engine, nodes] = await Promise.all([find(), look()])
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
const lookInto = async (find: () => Promise<Engine>, name: string): Promise<readonly Node[]> => {
  const engine = await find()
  const containers = await clusterContainers(engine, name)
  const nodes = [...withRole(containers, 'control-plane'), ...withRole(containers, 'worker')].filter(
    ({ running }) => running,
  )
  return Promise.all(
    nodes.map(async (node) => {
      const files = ['--include=hosts.toml', '--include=config.toml']
      const { stdout } = await engine.exec(node.name, ['grep', '-r', '-s', ...files, '', root], { okCodes: [0, 1, 2] })
      return { name: node.name, ...nodeFrom(stdout) }
    }),
  )
}

/** From lines of `path:text`. */
export const nodeFrom = (stdout: string): Omit<Node, 'name'> => {
  const hosts = new Map<string, string>()
  let reads = false
  for (const line of stdout.split('\n')) {
    const [, host, text] = /^\/etc\/containerd\/certs\.d\/([^/]+)\/hosts\.toml:(.*)$/.exec(line) ?? []
    if (host !== undefined) hosts.set(host, `${hosts.get(host) ?? ''}${text}\n`)
    else if (/^\/etc\/containerd\/config\.toml:\s*config_path\s*=\s*['"][^'"]*\/etc\/containerd\/certs\.d/.test(line))
      reads = true
  }
  return { hosts, reads }
}
