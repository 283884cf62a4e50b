import { certsFolder } from '../certs-folder.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

/** `configs` that log in do no harm: only those with `tls` do. */
const oldWays = /registry["']?\.mirrors\b|\/registry\/mirrors\b|registry["']?\.configs\..+\.tls\b/

/** Whether a patch tells containerd of registries in a way that it takes no other beside. */
export const isOldWay = (patch: string): boolean => oldWays.test(withoutComments(patch))

const withoutComments = (patch: string): string => patch.replaceAll(/^\s*#.*$/gm, '')

/**
 * What the file patches into containerd's configuration beside the folder that the registry and the mirrors need: with
 * the old `mirrors` containerd refuses to start its image service, and another folder takes the place of that one.
 */
export const checkContainerdPatches = ({ config, findings }: Checked): void => {
  const { registry, mirrors, kind } = config.cluster
  if (!registry && mirrors.length === 0) return
  const user = [registry ? 'cluster.registry' : '', mirrors.length > 0 ? 'cluster.mirrors' : ''].filter(Boolean)
  const needing = `${user.join(' and ')} ${user.length > 1 ? 'need' : 'needs'}`
  for (const key of ['containerdConfigPatches', 'containerdConfigPatchesJSON6902']) {
    const patches = kind[key]
    if (!Array.isArray(patches)) continue
    for (const [index, patch] of (patches as readonly unknown[]).entries()) {
      if (typeof patch !== 'string') continue
      const path = ['cluster', 'kind', key, index]
      const text = withoutComments(patch)
      const [, folders] = /config_path["']?\s*[=:]\s*["']([^"']*)["']/.exec(text) ?? []
      if (oldWays.test(text))
        findings.error({
          path,
          message: `${showPath(path)} tells containerd of registries in its old way, and ${needing} the new one: containerd takes one of them only.`,
          hint: 'Write the registry as one of cluster.mirrors, or mount a folder with a hosts.toml: mounts: ["./certs/HOST:/etc/containerd/certs.d/HOST"].',
        })
      else if (folders !== undefined && !folders.split(':').includes(certsFolder))
        findings.error({
          path,
          message: `${showPath(path)} has containerd look for registries in ${JSON.stringify(folders)}, and ${needing} ${certsFolder}.`,
          hint: `Name both: config_path = "${[...folders.split(':').filter(Boolean), certsFolder].join(':')}"`,
        })
    }
  }
}
