/** Routes of the Gateway API that have host names, and say in their own status who takes them. */
export const routeKinds = ['HTTPRoute', 'GRPCRoute', 'TLSRoute']

/** Routes of Traefik's own. */
export const ingressRouteKinds = ['IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP']
