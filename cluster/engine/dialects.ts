import type { EngineName } from '../../config/config.ts'
import { qualified } from '../reference.ts'

/** What one engine's command line does differently from the others. Everything else they share. */
export type Dialect = {
  readonly name: EngineName
  readonly command: string
  /** An image reference as this engine has to be given it. */
  readonly reference: (ref: string) => string
  /** Tells whether it answers where `info` takes longer: Docker's program starts each of its plugins for that. */
  readonly reach?: readonly string[]
  readonly save: readonly string[]
  readonly push: readonly string[]
  /** Its `ps --format` knows `{{.ID}}` and `{{.Labels}}`: one listing answers all who ask at the same time. */
  readonly listsLabels?: true
  /** Whether a container can have another name on its network. */
  readonly aliases: boolean
  /** Says that an object is not there; everything else on standard error is a failure. */
  readonly missing: RegExp
}

/** In the order in which `auto` asks them: the one that kind knows best first. */
export const dialects: readonly Dialect[] = [
  {
    name: 'docker',
    command: 'docker',
    reference: (ref) => ref,
    reach: ['version', '--format', '{{json .}}'],
    listsLabels: true,
    save: ['save'],
    push: ['push'],
    aliases: true,
    missing: /no such (object|container|volume|image|network)|(volume|network) \S+ not found/i,
  },
  {
    name: 'podman',
    command: 'podman',
    // podman names what it builds localhost/…, and the kubelet looks for docker.io/library/….
    reference: qualified,
    save: ['save', '--format', 'docker-archive', '--multi-image-archive'],
    // The others take localhost for what it is.
    push: ['push', '--tls-verify=false'],
    aliases: true,
    missing:
      /no such (object|container|volume|image|network)|image not known|no container with name|unable to find (volume|network)|network not found/i,
  },
  {
    name: 'nerdctl',
    command: 'nerdctl',
    reference: (ref) => ref,
    save: ['save'],
    push: ['push'],
    aliases: false,
    missing: /no such (object|container|volume|image|network)|not found/i,
  },
]
