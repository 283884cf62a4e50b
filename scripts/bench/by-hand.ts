import { appendFile, glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { cacheFolder } from '../../core/paths.ts'
import type { Run } from '../../core/run.ts'

/** What `up` adds by itself: kubelets refuse cgroup v1 otherwise, and a document that is rendered knows no engine. */
export const allowCgroup = async (run: Run, document: string): Promise<void> => {
  const { stdout } = await run('docker', ['info', '--format', '{{.CgroupVersion}}'])
  if (stdout.trim() !== '1') return
  if (/^kubeadmConfigPatches:/m.test(await readFile(document, 'utf8'))) return
  await appendFile(document, 'kubeadmConfigPatches:\n  - |\n    kind: KubeletConfiguration\n    failCgroupV1: false\n')
}

/** Bytes of layers and manifests in all nodes of a cluster. */
export const contentOf = async (run: Run, cluster: string): Promise<number> => {
  const store = '/var/lib/containerd/io.containerd.content.v1.content'
  const nodes = (await run('kind', ['get', 'nodes', '--name', cluster])).stdout.trim().split('\n')
  const sizes = await Promise.all(nodes.map((node) => run('docker', ['exec', node, 'du', '-sb', store])))
  return sizes.reduce((sum, { stdout }) => sum + Number.parseInt(stdout, 10), 0)
}

/** The archive of a chart that was fetched before. Throws where there is none. */
export const chartOf = async (chart: string): Promise<string> => {
  for await (const file of glob(join(cacheFolder(process.env), 'charts', '**', `${chart}-[0-9]*.tgz`))) return file
  throw new Error(`The chart ${chart} is not in ${cacheFolder(process.env)}: npm run up fetches it.`)
}

/** Images that objects name and docker holds: `kind load` sends no others. */
export const heldAmong = async (run: Run, manifests: string): Promise<readonly string[]> => {
  const named = [...manifests.matchAll(/^\s*(?:- )?image:\s*["']?([^\s"']+)/gm)].map(([, ref = '']) =>
    ref.replace(/@sha256:.*$/, ''),
  )
  const held = await Promise.all(
    [...new Set(named)].map(async (ref) => ({
      ref,
      ...(await run('docker', ['image', 'inspect', ref], { okCodes: [0, 1] })),
    })),
  )
  return held.filter(({ code }) => code === 0).map(({ ref }) => ref)
}
