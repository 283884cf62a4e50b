import { qualified } from '../../../cluster/reference.ts'
import type { Call } from './call.ts'
import { curlFromNode } from './registry.ts'
import type { StandInContainer, World } from './world.ts'

const movedPorts = '/kind/kindup-ports'

/** What runs in a node: the few programs that kindup starts there. */
export const execInNode = async (
  world: World,
  container: StandInContainer,
  call: Call,
  words: readonly string[],
): Promise<number> => {
  const [program = '', ...args] = words
  switch (program === 'ctr' ? `ctr ${args.slice(1, 3).join(' ')}` : program) {
    case 'cat': {
      if (args.every((path) => path.startsWith('/proc/sys/fs/inotify/'))) {
        call.out('1048576\n'.repeat(args.length))
        return 0
      }
      if (args[0] === movedPorts) {
        const text = container.texts.get(movedPorts)
        call.out(text ?? '')
        return text === undefined ? 1 : 0
      }
      if (args[0] !== '/etc/kubernetes/admin.conf') throw new Error('no such file is known')
      const api = world.clusters.get(container.labels['io.x-k8s.kind.cluster'] ?? '')
      if (!api) {
        call.err(`cat: ${args[0]}: No such file or directory\n`)
        return 1
      }
      // As kubeadm writes it: with the address that holds inside.
      call.out(api.kubeconfig.replace(api.url, `https://${container.name}:6443`))
      return 0
    }
    case 'cp':
      if (args.join(' ') !== `/dev/stdin ${movedPorts}`) throw new Error('only the ports that were moved are known')
      container.texts.set(movedPorts, await call.stdin())
      return 0
    case 'curl':
      return curlFromNode(world, call, args)
    case 'date':
      if (args.join(' ') !== '+%s%3N') throw new Error('only milliseconds are known')
      call.out(`${Date.now()}\n`)
      return 0
    case 'du':
      if (args.join(' ') !== '-skx /var') throw new Error('only the kilobytes of /var are known')
      call.out('1500000\t/var\n')
      return 0
    case 'kubectl':
      if (args[2] !== 'get' || args[3] !== 'nodes') throw new Error('only the nodes are known')
      for (const [name, { labels }] of world.containers)
        if (labels['io.x-k8s.kind.cluster'] === container.labels['io.x-k8s.kind.cluster']) call.out(`${name}=True `)
      return 0
    case 'touch':
      container.files.add(args[0] ?? '')
      return 0
    case 'test':
      if (args[0] !== '-e') throw new Error('only -e is known')
      return container.files.has(args[1] ?? '') ? 0 : 1
    case 'grep': {
      // What containerd is told of registries, as `path:line`.
      if (args.at(-1) !== '/etc/containerd/certs.d') throw new Error('only the folder of registries is known')
      const certs = [...container.texts].filter(([path]) => path !== movedPorts)
      const lines = certs.flatMap(([path, text]) =>
        text
          .replace(/\n$/, '')
          .split('\n')
          .map((line) => `${path}:${line}\n`),
      )
      call.out(lines.join(''))
      return 0
    }
    case 'install':
      if (args.slice(0, 4).join(' ') !== '-D -m 644 /dev/stdin') throw new Error('only a text from outside is known')
      container.texts.set(args[4] ?? '', await call.stdin())
      return 0
    case 'rm': {
      const [option, file = ''] = args
      if (option !== '-f' || !/^\/etc\/containerd\/certs\.d\/[^/]+\/hosts\.toml$/.test(file))
        throw new Error('only what tells of a registry goes')
      container.texts.delete(file)
      return 0
    }
    case 'rmdir':
      if (args[0] !== '--ignore-fail-on-non-empty') throw new Error('a folder may hold what others put there')
      return 0
    case 'crictl': {
      if (args.join(' ') !== 'images --output json') throw new Error('only images are known')
      const images = [...container.images].map(([ref, id]) => ({ id, repoTags: [ref], repoDigests: [] }))
      call.out(JSON.stringify({ images }))
      return 0
    }
    case 'containerd':
      if (args.join(' ') === '--version') {
        call.out('containerd github.com/containerd/containerd/v2 v2.3.4 0123abc\n')
        return 0
      }
      if (args.join(' ') !== 'config dump') throw new Error('only the configuration is known')
      call.out('[plugins."io.containerd.cri.v1.images"]\n  snapshotter = "overlayfs"\n')
      return 0
    case 'ctr images import': {
      const archive = whole(await call.stdin())
      if (archive === undefined) {
        call.err('ctr: unexpected EOF\n')
        return 1
      }
      for (const [ref, id] of Object.entries(archive)) container.images.set(qualified(ref), id)
      return 0
    }
    case 'ctr content ls':
      return 0
    case 'journalctl':
      call.out('-- No entries --\n')
      return 0
    default:
      throw new Error('no such program is known')
  }
}

/** The images of an archive; undefined where who sent it was killed in the middle. */
const whole = (text: string): Record<string, string> | undefined => {
  try {
    return JSON.parse(text) as Record<string, string>
  } catch {
    return undefined
  }
}
