import { z } from 'zod'
import type { ToolName } from '../../config/config.ts'
import { imageShape } from '../../cluster/layout/image-shape.ts'
import type { PackedImage } from '../../cluster/layout/pack-image.ts'

/** What a bundle says that it holds, each part by the digest of its content. */
export type Bundle = {
  readonly format: 1
  /** Of the machine that its programs run on, as Node calls it: `linux-x64`. */
  readonly machine: string
  /** Of the processors that its images run on: `amd64`. */
  readonly architecture: string
  readonly tools: readonly { readonly name: ToolName; readonly version: string; readonly content: string }[]
  /** Charts and manifests that were fetched, by their paths in the cache. */
  readonly files: readonly { readonly path: string; readonly content: string }[]
  readonly images: readonly PackedImage[]
}

export const bundleType = 'application/vnd.kindup.bundle.v1'

const shape = z.object({
  format: z.literal(1),
  machine: z.string(),
  architecture: z.string(),
  tools: z.array(z.object({ name: z.enum(['kind', 'kubectl', 'helm']), version: z.string(), content: z.string() })),
  // A file from elsewhere says where; no path of the cache holds other characters than printed ones.
  files: z.array(z.object({ path: z.string().regex(/^\P{Cc}+$/u), content: z.string() })),
  images: z.array(imageShape),
})

/** Undefined for one of a later format, or of another shape. */
export const bundleFrom = (config: unknown): Bundle | undefined => shape.safeParse(config).data

/** As a user knows it: `helm 4.2.4`, `image postgres:17`. */
export const titleOf = (bundle: Bundle | undefined, content: string): string => {
  const tool = bundle?.tools.find((one) => one.content === content)
  if (tool) return `${tool.name} ${tool.version}`
  const file = bundle?.files.find((one) => one.content === content)
  if (file) return file.path
  const image = bundle?.images.find(({ files }) => files.some((one) => one.content === content))
  return image ? `a part of image ${image.ref}` : 'a part of it'
}
