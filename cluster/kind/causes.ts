import type { EnvironmentError } from '../../core/errors.ts'

export type Cause = Pick<EnvironmentError, 'code' | 'message' | 'hints'>

type Known = {
  readonly sign: RegExp
  readonly cause: (match: RegExpExecArray) => Cause
}

/** What is known to stop kind, most telling first. Matched against kind's output and the logs of the nodes. */
export const kindCauses: readonly Known[] = [
  {
    sign: /Bind for (\S+):(\d+) failed: port is already allocated/,
    cause: (match) => portTaken(match[1], match[2], 'another container'),
  },
  {
    sign: /listen (?:tcp|udp)\d? (\S+):(\d+): bind: address already in use/,
    cause: (match) => portTaken(match[1], match[2], 'another program'),
  },
  {
    // Docker Desktop, before it says more.
    sign: /Ports are not available: exposing port \S+ (\S+):(\d+)/,
    cause: (match) => portTaken(match[1], match[2], 'another program'),
  },
  {
    // podman without root.
    sign: /cannot expose privileged port (\d+)/,
    cause: ([, port = '']) => ({
      code: 'port-privileged',
      message: `The rootless engine may not bind port ${port}.`,
      hints: [
        `sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${port}`,
        'Or map a host port from 1024 on under cluster.nodes.',
      ],
    }),
  },
  {
    sign: /failed to pull image "([^"]+)"/,
    cause: ([, image = '']) => ({
      code: 'image-unavailable',
      message: `The node image ${image} cannot be pulled.`,
      hints: [
        'Is there a network, and does the tag exist? https://hub.docker.com/r/kindest/node/tags',
        'cluster.kubernetes takes another version, or the reference of an image that is on this machine.',
      ],
    }),
  },
  {
    sign: /node\(s\) already exist for a cluster with the name "([^"]+)"/,
    cause: ([, name = '']) => ({
      code: 'name-taken',
      message: `Nodes of a cluster ${name} are there already.`,
      hints: [`kindup down --name ${name}`, 'Or another name: --name NAME'],
    }),
  },
  {
    // kind mounts it into every node; minimal machines and containers have no such folder, and podman makes none.
    sign: /statfs \/lib\/modules: no such file or directory/,
    cause: () => ({
      code: 'no-kernel-modules',
      message: 'This machine has no folder /lib/modules, which kind mounts into its nodes.',
      hints: ['sudo mkdir -p /lib/modules'],
    }),
  },
  {
    sign: /too many open files|failed to create fsnotify watcher|inotify_init/,
    cause: () => ({
      code: 'too-many-open-files',
      message: 'The nodes ran out of file watches (too many open files).',
      hints: ['sudo sysctl -w fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512'],
    }),
  },
  {
    sign: /configured to not run on a host using cgroup v1|cgroup v1 support is in maintenance|cgroup v1 is not supported/,
    cause: () => ({
      code: 'cgroup-v1',
      message: 'The kubelet refuses this engine: it is on cgroup v1.',
      hints: [
        'Take a Kubernetes older than 1.35 in cluster.kubernetes.',
        'Or boot the machine with cgroup v2: systemd.unified_cgroup_hierarchy=1 on the kernel command line.',
      ],
    }),
  },
  {
    sign: /requires cgroup v2|Delegate=yes/,
    cause: () => ({
      code: 'rootless',
      message: 'The rootless engine may not use the cgroups that kind needs.',
      hints: ['https://kind.sigs.k8s.io/docs/user/rootless/'],
    }),
  },
  {
    sign: /no space left on device/i,
    cause: () => ({
      code: 'disk-full',
      message: 'The disk of the container engine is full (no space left on device).',
      hints: ['docker system df', 'docker system prune   # removes what is not used'],
    }),
  },
  {
    sign: /unknown field "?([^"\n]+?)"?$|error converting YAML|unable to decode config|invalid configuration for node/m,
    cause: (match) => ({
      code: 'kind-refused',
      message: `kind does not take the document${match[1] ? `: unknown field ${match[1]}` : ''}.`,
      hints: ['What stands under cluster.kind is merged into it: kindup render shows the whole.'],
    }),
  },
  {
    sign: /could not find a log line that matches/,
    cause: () => ({
      code: 'node-did-not-boot',
      message: 'A node container did not boot.',
      hints: [
        'Often file watches: sudo sysctl -w fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512',
        'Or too little memory for the engine: docker info --format "{{.MemTotal}}"',
      ],
    }),
  },
  {
    sign: /Cannot connect to the Docker daemon|error during connect/i,
    cause: () => ({
      code: 'engine-unreachable',
      message: 'The container engine went away.',
      hints: ['Start it again and run kindup up once more.'],
    }),
  },
]

/** The first known cause that the text shows, and the lines that show it. */
export const causeIn = (text: string): (Cause & { readonly lines: readonly string[] }) | undefined => {
  for (const { sign, cause } of kindCauses) {
    const match = sign.exec(text)
    if (match) return { ...cause(match), lines: linesAt(text, match.index) }
  }
  return undefined
}

/** The line there and the next ones: kind tells what was run first, and then what it said. */
const linesAt = (text: string, index: number): readonly string[] =>
  text
    .slice(text.lastIndexOf('\n', index - 1) + 1)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(0, 3)

const portTaken = (address = '', port = '', by: string): Cause => ({
  code: 'port-taken',
  message: `${port === '' ? 'A port' : `Port ${port}`}${address === '' ? '' : ` of ${address}`} is taken by ${by}.`,
  hints: [
    ...(port === ''
      ? []
      : [`Who has it: sudo lsof -nP -iTCP:${port} -sTCP:LISTEN; docker ps --filter publish=${port}`]),
    'Map another host port under cluster.nodes, or set cluster.onPortConflict: fallback.',
  ],
})
