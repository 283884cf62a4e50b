import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { withPrivateFolder } from '../../cluster/private-folder.ts'
import { ConfigError } from '../../core/errors.ts'
import { hashOf } from '../../core/fingerprint.ts'
import { writeFileAtomic } from '../../core/atomic-write.ts'
import { writeObject } from '../../manifests/yaml/write.ts'
import type { Helm } from '../../manifests/helm/helm.ts'
import type { PostRenderRules } from './post-render.ts'

type PostRenderer = { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }

/** Calls `use` with the flags and environment that make helm pass its objects through the transform pipeline. */
export const withPostRenderer = <T>(
  rules: PostRenderRules,
  helm: Helm,
  use: (postRenderer: PostRenderer) => Promise<T>,
): Promise<T> =>
  withPrivateFolder(helm.cacheFolder, async (folder) => {
    const file = join(folder, 'rules.json')
    await writeFile(file, JSON.stringify(rules), { mode: 0o600 })
    const renderer = (await helm.major()) >= 4 ? await asPlugin(file, helm) : asProgram(file)
    try {
      return await use(renderer)
    } catch (error) {
      const said = await readFile(`${file}.error`, 'utf8').catch(() => undefined)
      throw said === undefined ? error : new ConfigError(said, { cause: error })
    }
  })

const script = (): string => fileURLToPath(new URL('post-render.mjs', import.meta.url))

/** helm 3 runs any program. */
const asProgram = (file: string): PostRenderer => ({
  args: ['--post-renderer', process.execPath, '--post-renderer-args', script(), '--post-renderer-args', file],
  env: {},
})

/** helm 4 runs plugins only: a folder of kindup's own, one for each Node and place of kindup. */
const asPlugin = async (file: string, { cacheFolder }: Helm): Promise<PostRenderer> => {
  const plugins = join(cacheFolder, 'helm', 'plugins', hashOf([process.execPath, script()]))
  await writeFileAtomic(
    join(plugins, 'kindup', 'plugin.yaml'),
    writeObject({
      apiVersion: 'v1',
      type: 'postrenderer/v1',
      name: 'kindup',
      version: '1.0.0',
      runtime: 'subprocess',
      runtimeConfig: { platformCommand: [{ command: process.execPath, args: [script()] }] },
    }),
  )
  return { args: ['--post-renderer', 'kindup', '--post-renderer-args', file], env: { HELM_PLUGINS: plugins } }
}
