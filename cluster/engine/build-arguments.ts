import type { BuildSecret } from '../../config/config.ts'
import type { BuildRequest } from './engine.ts'

/**
 * Names that the engine's programs read themselves: given in the environment they would change what they do. docker:
 * https://docs.docker.com/reference/cli/docker/#environment-variables and buildx' own; podman and nerdctl: containers.conf.
 */
const readByTheProgram = new RegExp(
  `^(?:${[
    'PATH|HOME|USER|TMPDIR|TMP|TEMP|LANG|TERM|NO_COLOR|XDG_.*|LD_.*|DYLD_.*|GO(?:DEBUG|TRACEBACK|MAXPROCS|GC|MEMLIMIT)',
    'SSH_AUTH_SOCK|SSL_CERT_(?:FILE|DIR)|SOURCE_DATE_EPOCH|KUBECONFIG|NOTIFY_SOCKET|OTEL_.*',
    'DOCKER_(?:HOST|CONTEXT|CONFIG|API_VERSION|AUTH_CONFIG|BUILDKIT|CERT_PATH|TLS|TLS_VERIFY|DEFAULT_PLATFORM|CONTENT_TRUST.*|CUSTOM_HEADERS|HIDE_LEGACY_COMMANDS|CLI_.*)',
    'BUILDX_.*|BUILDKIT_(?:HOST|PROGRESS|COLORS|TTY_LOG_LINES)|BUILDAH_.*|REGISTRY_AUTH_FILE|STORAGE_(?:DRIVER|OPTS)|_CONTAINERS_.*',
    'CONTAINER_(?:HOST|CONNECTION|SSHKEY|PASSPHRASE|TLS_.*)|CONTAINERS_(?:CONF|STORAGE_CONF|REGISTRIES_CONF|HELPER_BINARY_DIR).*',
    'CONTAINERD_(?:ADDRESS|NAMESPACE|SNAPSHOTTER)|NERDCTL_.*|CNI_PATH|NETCONFPATH',
  ].join('|')})$`,
)

/**
 * What a build is started with. Values of build arguments go through the environment, where other users of the
 * machine cannot read them: `--build-arg NAME` without a value takes them from there.
 */
export const buildArguments = (
  request: BuildRequest,
): {
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string>>
  /** Values that stand among the arguments for want of another way: to be hidden in all that is shown. */
  readonly secrets: readonly string[]
} => {
  const named = Object.entries(request.args)
  const hidden = named.filter(([name]) => !readByTheProgram.test(name))
  return {
    secrets: named.flatMap(([name, value]) => (readByTheProgram.test(name) ? [`${name}=${value}`] : [])),
    args: [
      'build',
      '--file',
      request.file,
      '--tag',
      request.tag,
      ...Object.entries(request.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]),
      ...named.flatMap(([name, value]) => ['--build-arg', readByTheProgram.test(name) ? `${name}=${value}` : name]),
      ...Object.entries(request.bases ?? {}).flatMap(([name, ref]) => [
        '--build-context',
        `${name}=docker-image://${ref}`,
      ]),
      ...(request.secrets ?? []).flatMap((secret) => ['--secret', secretFlag(secret)]),
      ...(request.ssh ? ['--ssh', 'default'] : []),
      ...(request.target === undefined ? [] : ['--target', request.target]),
      ...(request.platform === undefined ? [] : ['--platform', request.platform]),
      request.context,
    ],
    // Attestations would make every image an index of two manifests, which node images cannot import whole (kind#3795).
    env: { ...Object.fromEntries(hidden), BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
  }
}

/** Only where it comes from. The flag is a line of CSV: a path with a comma or a quote is quoted. */
const secretFlag = (secret: BuildSecret): string => {
  const from = 'env' in secret ? `env=${secret.env}` : `src=${secret.file}`
  return `id=${secret.id},${/[",]/.test(from) ? `"${from.replaceAll('"', '""')}"` : from}`
}
