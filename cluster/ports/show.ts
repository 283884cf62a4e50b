import type { PortConfig } from '../../config/config.ts'

/** `127.0.0.1:80`, `[::1]:53/udp`: the end of a mapping that is on this machine. */
export const showHostPort = ({
  address,
  hostPort,
  protocol,
}: Pick<PortConfig, 'address' | 'hostPort' | 'protocol'>): string =>
  `${address.includes(':') ? `[${address}]` : address}:${hostPort}${protocol === 'tcp' ? '' : `/${protocol}`}`
