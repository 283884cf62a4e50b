import { createHash, type Hash } from 'node:crypto'
import { createWriteStream, type WriteStream } from 'node:fs'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { bodyOf, http } from '../../core/http.ts'

/** What came whole. A layer that is larger than what is kept has no file. */
type Taken = { readonly size: number; readonly file?: string }

/** What an engine pushes to: it takes one image, and hands nothing out. */
export type PushIntake = {
  /** `127.0.0.1:41234` */
  readonly host: string
  /** By digest. */
  readonly blobs: ReadonlyMap<string, Taken>
  /** The manifest that came, as text. */
  readonly manifest: () => string | undefined
  close(): Promise<void>
}

type Options = {
  /** What comes stands there. */
  readonly folder: string
  /** Whether a layer of that digest need not be sent. */
  readonly has: (digest: string) => boolean
  /** Larger layers are read to their end, and not kept. Bytes. */
  readonly keepBytes: number
  /** Told as soon as a layer is larger than that. */
  readonly onLarge: () => void
}

type Upload = { readonly hash: Hash; readonly file: string; readonly out: WriteStream; size: number }

/** Listens on this machine alone, and speaks as much of the protocol of registries as a push takes. Throws what `listen` does. */
export const openPushIntake = async ({ folder, has, keepBytes, onLarge }: Options): Promise<PushIntake> => {
  const blobs = new Map<string, Taken>()
  const uploads = new Map<string, Upload>()
  let manifest: string | undefined

  const receive = async (upload: Upload, request: IncomingMessage): Promise<void> => {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const isKept = upload.size <= keepBytes
      upload.hash.update(chunk)
      upload.size += chunk.length
      if (!isKept) continue
      if (upload.size > keepBytes) onLarge()
      else if (!upload.out.write(chunk)) await once(upload.out, 'drain')
    }
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = '', url = '' } = request
    const { pathname, searchParams } = new URL(url, 'http://intake')
    if (pathname === '/v2/') return reply(response, 200)
    const [, asked] = /\/blobs\/(sha256:[0-9a-f]{64})$/.exec(pathname) ?? []
    if (method === 'HEAD' && asked !== undefined)
      return blobs.has(asked) || has(asked)
        ? reply(response, 200, { 'docker-content-digest': asked, 'content-length': blobs.get(asked)?.size ?? 0 })
        : reply(response, 404)
    if (method === 'POST' && pathname.endsWith('/blobs/uploads/')) {
      const id = String(uploads.size)
      const file = join(folder, id)
      uploads.set(id, { hash: createHash('sha256'), file, out: createWriteStream(file), size: 0 })
      return reply(response, 202, { location: `${pathname}${id}`, range: '0-0', 'docker-upload-uuid': id })
    }
    const [, id = ''] = /\/blobs\/uploads\/(\d+)$/.exec(pathname) ?? []
    const upload = uploads.get(id)
    if (upload && (method === 'PATCH' || method === 'PUT')) {
      await receive(upload, request)
      if (method === 'PATCH')
        return reply(response, 202, { location: pathname, range: `0-${Math.max(0, upload.size - 1)}` })
      const { size, file, out } = upload
      out.end()
      await once(out, 'close')
      const digest = `sha256:${upload.hash.digest('hex')}`
      if (digest !== searchParams.get('digest')) return reply(response, 400)
      blobs.set(digest, { size, ...(size <= keepBytes && { file }) })
      return reply(response, 201, { location: pathname, 'docker-content-digest': digest })
    }
    if (method === 'PUT' && pathname.includes('/manifests/')) {
      manifest = await bodyOf(request)
      const digest = `sha256:${createHash('sha256').update(manifest).digest('hex')}`
      return reply(response, 201, { location: pathname, 'docker-content-digest': digest })
    }
    reply(response, 404)
  }

  const server = http().createServer((request, response) => {
    // An upload that is broken off is the engine's to say.
    answer(request, response).catch(() => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens, and on no pipe
  const { port } = server.address() as AddressInfo
  return {
    host: `127.0.0.1:${port}`,
    blobs,
    manifest: () => manifest,
    close: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      for (const { out } of uploads.values()) out.destroy()
      await closed
    },
  }
}

const reply = (
  response: ServerResponse,
  status: number,
  headers: Readonly<Record<string, string | number>> = {},
): void => {
  response.writeHead(status, { 'docker-distribution-api-version': 'registry/2.0', ...headers })
  response.end()
}
