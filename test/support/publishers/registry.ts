import { sha256 } from '../release-server.ts'
import { file, sendOn, text, type Answer, type Asked, type Body, type Site } from './answer.ts'

/** What a registry holds under one name. */
export type Held = {
  /** `docker.io/library/python` */
  readonly repository: string
  readonly tag: string
  readonly mediaType: string
  readonly manifest: Buffer
  /** `sha256:…` → its bytes; of an index, the manifests that it names are in `manifests`. */
  readonly blobs: ReadonlyMap<string, Body>
  readonly manifests?: ReadonlyMap<string, { readonly mediaType: string; readonly manifest: Buffer }>
}

/** How each public registry is asked: where it listens, who gives out tokens, and where the bytes lie. */
const registries: readonly {
  readonly name: string
  readonly host: string
  readonly token?: { readonly realm: string; readonly service: string }
  readonly bytes?: string
}[] = [
  {
    name: 'docker.io',
    host: 'registry-1.docker.io',
    token: { realm: 'https://auth.docker.io/token', service: 'registry.docker.io' },
    bytes: 'production.cloudflare.docker.com',
  },
  { name: 'ghcr.io', host: 'ghcr.io', token: { realm: 'https://ghcr.io/token', service: 'ghcr.io' } },
  {
    name: 'quay.io',
    host: 'quay.io',
    token: { realm: 'https://quay.io/v2/auth', service: 'quay.io' },
    bytes: 'cdn01.quay.io',
  },
  { name: 'registry.k8s.io', host: 'registry.k8s.io' },
  { name: 'ecr-public.aws.com', host: 'ecr-public.aws.com' },
]

/** Registries that want a token for each repository, send on for bytes, and know manifests by tag and by digest. */
export const registrySites = (held: readonly Held[]): Readonly<Record<string, Site>> =>
  Object.fromEntries(
    registries.flatMap(({ name, host, token, bytes }) => {
      const here = held.filter(({ repository }) => repository.startsWith(`${name}/`))
      const site: Site = (asked) => {
        if (token && `https://${asked.host}${asked.path}` === token.realm) return tokenFor(asked)
        const [, repository, kind, reference] = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(asked.path) ?? []
        if (token && asked.headers.authorization !== `Bearer ${tokenOf(repository ?? '')}`)
          return unauthorized(token, repository)
        if (repository === undefined || reference === undefined)
          return asked.path === '/v2/' ? text('{}', 'application/json') : undefined
        const images = here.filter((image) => image.repository === `${name}/${repository}`)
        return kind === 'manifests' ? manifestOf(images, reference) : blobOf(images, reference, bytes)
      }
      const plain: Site = ({ path }) => {
        const digest = path.split('/').at(-1) ?? ''
        const body = here.map(({ blobs }) => blobs.get(digest)).find((found) => found !== undefined)
        return body === undefined ? undefined : file(body, { 'content-type': 'application/octet-stream' })
      }
      return [
        [host, site],
        ...(token ? [[new URL(token.realm).host, site] as const] : []),
        ...(bytes === undefined ? [] : [[bytes, plain] as const]),
      ]
    }),
  )

const tokenOf = (repository: string): string => sha256(`repository:${repository}:pull`)

const tokenFor = ({ query }: Asked): Answer => {
  const repository = /^repository:(.+):/.exec(query.get('scope') ?? '')?.[1] ?? ''
  const token = tokenOf(repository)
  return text(JSON.stringify({ token, access_token: token, expires_in: 300 }), 'application/json')
}

const unauthorized = ({ realm, service }: { realm: string; service: string }, repository = ''): Answer => ({
  status: 401,
  headers: {
    'www-authenticate': `Bearer realm="${realm}",service="${service}"${repository === '' ? '' : `,scope="repository:${repository}:pull"`}`,
    'content-type': 'application/json',
  },
  body: Buffer.from('{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}'),
})

const manifestOf = (images: readonly Held[], reference: string): Answer => {
  const all = images.flatMap((image) => [
    { name: image.tag, ...image },
    { name: digestOf(image.manifest), ...image },
    ...[...(image.manifests ?? [])].map(([name, one]) => ({ name, ...one })),
  ])
  const found = all.find(({ name }) => name === reference)
  return found === undefined
    ? {
        status: 404,
        headers: { 'content-type': 'application/json' },
        body: Buffer.from('{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}'),
      }
    : file(found.manifest, {
        'content-type': found.mediaType,
        'docker-content-digest': digestOf(found.manifest),
      })
}

const blobOf = (images: readonly Held[], digest: string, bytes: string | undefined): Answer | undefined => {
  const body = images.map(({ blobs }) => blobs.get(digest)).find((found) => found !== undefined)
  if (body === undefined) return undefined
  if (bytes !== undefined) return sendOn(`https://${bytes}/registry/sha256/${digest}?verify=1`, 307)
  return file(body, { 'content-type': 'application/octet-stream', 'docker-content-digest': digest })
}

export const digestOf = (bytes: Buffer): string => `sha256:${sha256(bytes)}`

/** A chart as registries hold it: `oci://ghcr.io/team/charts/app`, as helm pushes it. */
export const ociChart = (reference: string, version: string, archive: Buffer): Held => {
  const config = Buffer.from(JSON.stringify({ apiVersion: 'v2', name: reference.split('/').at(-1), version }))
  const describe = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length })
  const mediaType = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: describe('application/vnd.cncf.helm.config.v1+json', config),
      layers: [describe('application/vnd.cncf.helm.chart.content.v1.tar+gzip', archive)],
    }),
  )
  const blobs = new Map([config, archive].map((bytes) => [digestOf(bytes), bytes]))
  return { repository: reference.replace('oci://', ''), tag: version, mediaType, manifest, blobs }
}
