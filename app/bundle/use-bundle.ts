import { createWriteStream } from 'node:fs'
import { access, mkdir, rename, rm } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import process from 'node:process'
import { pipeline } from 'node:stream/promises'
import { Readable } from 'node:stream'
import { ConfigError } from '../../core/errors.ts'
import { cacheFolder } from '../../core/paths.ts'
import { runPipe } from '../../core/run-pipe.ts'
import type { ToolsConfig } from '../../config/config.ts'
import type { Engine } from '../../cluster/engine/engine.ts'
import { contentKey, type Descriptor } from '../../cluster/layout/descriptor.ts'
import { fileTrouble } from '../../cluster/layout/file-trouble.ts'
import { unpackedImage } from '../../cluster/layout/pack-image.ts'
import { damaged, otherFormat, readLayout, type Layout } from '../../cluster/layout/read-layout.ts'
import { rememberOrigin } from '../../cluster/tools/kept.ts'
import { findTool, toolsFolder } from '../../cluster/tools/make-tools.ts'
import { besides } from '../../cluster/tools/other-ways.ts'
import { plainVersion } from '../../cluster/tools/versions.ts'
import { makeProgram } from '../../cluster/tools/write-program.ts'
import { standInFor } from '../../cluster/engine/stand-in.ts'
import { runOf } from '../run-of.ts'
import type { App } from '../app.ts'
import { bundleFrom, bundleType, titleOf, type Bundle } from './bundle-file.ts'

type UseOptions = {
  readonly app: App
  readonly want: ToolsConfig
  readonly engine: Engine
  readonly report: (line: string) => void
  readonly warn: (line: string) => void
}

/**
 * Puts what a bundle holds where `up` looks before it asks the network: programs, charts and manifests into the cache, images into the
 * engine. What is there already stays. Throws `file-absent`, `file-damaged` with the part that is, `file-unfit`.
 */
export const useBundle = async (file: string, options: UseOptions): Promise<void> => {
  let bundle: Bundle | undefined
  const layout = await readLayout(file, {
    artifactType: bundleType,
    called: 'a bundle of kindup',
    saved: 'kindup bundle save FILE',
    name: (part) => titleOf(bundle, contentOf(part)),
  })
  try {
    bundle = bundleFrom(layout.config)
    if (!bundle) throw otherFormat(file, layout.config['format'])
    await refuseUnfit(file, bundle, options.engine)
    await putTools(layout, bundle, options)
    await putFiles(layout, bundle, options)
    await putImages(layout, bundle, options)
  } finally {
    await layout.close()
  }
}

const contentOf = (part: Descriptor): string => part.annotations?.[contentKey] ?? part.digest

const refuseUnfit = async (file: string, bundle: Bundle, engine: Engine): Promise<void> => {
  const machine = `${process.platform}-${process.arch}`
  const { architecture } = await engine.info()
  const why =
    bundle.machine !== machine
      ? `its programs are for ${bundle.machine}, and this machine is ${machine}`
      : architecture !== '' && bundle.architecture !== architecture
        ? `its images are for ${bundle.architecture}, and this engine runs ${architecture}`
        : undefined
  if (why !== undefined) throw new ConfigError(`${file} does not fit: ${why}.`, { code: 'file-unfit' })
}

const putTools = async (layout: Layout, bundle: Bundle, { app, want, report, warn }: UseOptions): Promise<void> => {
  for (const { name, version, content } of bundle.tools) {
    if (want[name] === 'path') continue
    const found = await findTool(name, { want, run: runOf(app), env: app.env, signal: app.signal })
    if ('tool' in found) continue
    const isOther = plainVersion(version) !== found.download
    if (isOther && want[name] !== 'auto' && want[name] !== 'download') {
      warn(`${layout.file} holds ${name} ${version}, and the file names ${found.download}: it is not used.`)
      continue
    }
    // Where one of that very version belongs nothing else may lie: a file that names it would get it.
    const target = isOther ? besides(found.target) : found.target
    report(`putting ${name} ${version} into ${toolsFolder(app.env)}`)
    const temporary = `${target}.${process.pid}.tmp`
    await write(layout, content, temporary)
    await makeProgram(temporary)
    await rememberOrigin(target, temporary, layout.file, version)
    await rename(temporary, target)
  }
}

const putFiles = async (layout: Layout, bundle: Bundle, { app, report }: UseOptions): Promise<void> => {
  const cache = cacheFolder(app.env)
  for (const { path, content } of bundle.files) {
    const target = join(cache, path)
    // A file from elsewhere says where; it may say nothing but the cache.
    if (!target.startsWith(`${cache}${sep}`))
      throw new ConfigError(`${layout.file} names ${path}, which lies outside of the cache.`, { code: 'file-unfit' })
    if (await isThere(target)) continue
    report(`putting ${path} into ${cache}`)
    await write(layout, content, `${target}.${process.pid}.tmp`)
    await rename(`${target}.${process.pid}.tmp`, target)
  }
}

const putImages = async (layout: Layout, bundle: Bundle, { app, engine, report, warn }: UseOptions): Promise<void> => {
  for (const image of bundle.images) {
    const held = await engine.image(image.ref)
    if (held && held.id !== image.id && standInFor(image.ref) === undefined)
      warn(`${image.ref} is another image here than in the bundle: the one that is here is used.`)
    if (held) continue
    report(`giving ${engine.name} image ${image.ref}`)
    await runPipe(unpackedImage(layout, image), [[engine.command, 'load']], {
      env: app.env,
      signal: app.signal,
      timeoutMs: 15 * 60_000,
      ...(app.spawn && { spawn: app.spawn }),
    })
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  )

/** Whole, or not at all. */
const write = async (layout: Layout, content: string, path: string): Promise<void> => {
  const part = layout.parts.find((one) => contentOf(one) === content)
  if (!part) throw damaged(layout.file, `it names ${content} and does not hold it`)
  try {
    await mkdir(dirname(path), { recursive: true })
    await pipeline(Readable.from(layout.read(part)), createWriteStream(path, { flush: true }))
  } catch (error) {
    await rm(path, { force: true })
    throw fileTrouble(path, error)
  }
}
