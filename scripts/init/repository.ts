/** The repository of an image reference, without tag and digest; undefined where it is none that `images` could name. */
export const repositoryOf = (reference: string): string | undefined => {
  const repository = reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  return /^[a-z0-9]+([._-]+[a-z0-9]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(repository)
    ? repository
    : undefined
}

/** Images that everybody runs and nobody builds: none of them is taken for the one that a Dockerfile here makes. */
const wellKnown =
  /^(docker\.io\/)?((library|bitnami|bitnamilegacy)\/)?(alpine|busybox|cassandra|consul|debian|elasticsearch|envoy|grafana|haproxy|httpd|kafka|keycloak|mailhog|mailpit|mariadb|memcached|minio|mongo|mongodb|mysql|nats|nginx|opensearch|postgres|postgresql|prometheus|rabbitmq|redis|traefik|ubuntu|valkey|vault|zookeeper)$/

export const isPublicImage = (repository: string): boolean => wellKnown.test(repository)

export const lastPart = (repository: string): string => repository.slice(repository.lastIndexOf('/') + 1)
