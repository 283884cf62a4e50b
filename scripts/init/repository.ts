/** The repository of an image reference, without tag and digest; undefined where it is none that `images` could name. */
export const repositoryOf = (reference: string): string | undefined => {
  const repository = reference.replace(/@.*$/, '').replace(/:[^:/]*$/, '')
  return /^[a-z0-9]+([._-]+[a-z0-9]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/.test(repository)
    ? repository
    : undefined
}

/** Images that everybody runs and nobody builds: none of them is taken for the one that a Dockerfile here makes. */
const wellKnown =
  /^(docker\.io\/)?((library|bitnami|bitnamilegacy)\/)?(alpine|busybox|cassandra|consul|debian|eclipse-temurin|elasticsearch|elixir|envoy|golang|gradle|grafana|haproxy|httpd|kafka|keycloak|mailhog|mailpit|mariadb|maven|memcached|minio|mongo|mongodb|mysql|nats|nginx|node|openjdk|opensearch|perl|php|postgres|postgresql|prometheus|python|rabbitmq|redis|ruby|rust|traefik|ubuntu|valkey|vault|zookeeper)$/

export const isPublicImage = (repository: string): boolean => wellKnown.test(repository)
