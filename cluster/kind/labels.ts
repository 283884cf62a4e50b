/** kind puts these on every container of a cluster, and nothing else tells whose it is. */
export const kindClusterLabel = 'io.x-k8s.kind.cluster'
/** `control-plane`, `worker` or `external-load-balancer`. */
export const kindRoleLabel = 'io.x-k8s.kind.role'
