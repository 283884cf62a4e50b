/** Where kindup tells the nodes of registries: a folder for each host, with its hosts.toml. */
export const certsFolder = '/etc/containerd/certs.d'
