import { mostOfRange } from './ports.ts'
import { textOf } from './text-of.ts'

/** Keys that a cluster does another way, or not at all, without anybody missing them. */
const without = new Set(
  `annotations attach build cap_add cap_drop command configs container_name cpus depends_on deploy develop entrypoint env_file
    environment expose extra_hosts healthcheck hostname image init labels links logging mem_limit mem_reservation networks platform
    ports privileged profiles pull_policy read_only restart scale secrets stdin_open stop_grace_period stop_signal tmpfs tty user volumes
    working_dir`.split(/\s+/),
)

/** What a service says and its manifest does not. */
export const leftOut = (service: Readonly<Record<string, unknown>>): readonly string[] => [
  ...Object.keys(service).filter((key) => !without.has(key) && !key.startsWith('x-')),
  ...(service['user'] !== undefined && !/^\d+(:\d+)?$/.test(textOf(service['user']))
    ? ['user, which is no number']
    : []),
  ...[service['ports'] ?? [], service['expose'] ?? []]
    .flat()
    .map(textOf)
    .filter(isCut)
    .map((range) => `${range} of its ports but for the first ${mostOfRange}`),
]

const isCut = (port: string): boolean => {
  const [, first = 0, last = 0] = /(\d+)-(\d+)(?:\/\w+)?$/.exec(port) ?? []
  return Number(last) - Number(first) >= mostOfRange
}
