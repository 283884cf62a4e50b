import { join, resolve } from 'node:path'
import { kindDocument } from '../cluster/kind/document.ts'
import { nodeImage } from '../cluster/kind/node-images.ts'
import { exit } from '../core/errors.ts'
import { problemLines } from '../core/print/error-page.ts'
import { selectHosts } from '../hosts/names.ts'
import { renderOut, type RenderedFile } from '../manifests/render-out.ts'
import type { App, WalkFlags, End } from '../app/app.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { writeObjects } from '../manifests/yaml/write.ts'
import type { KnownSecret } from '../manifests/problems/secret-uses.ts'
import type { Secrets } from '../services/secrets/read-secrets.ts'
import { copyOf } from '../services/secrets/write-copy.ts'
import { secretId } from '../services/secrets/id.ts'
import { writeRendered } from './write-rendered.ts'

export type RenderFlags = WalkFlags & { readonly out: string }

/** `render`: writes what would be applied into a folder. Wants no engine, cluster or network for what is on disk. */
export const render = async (app: App, flags: RenderFlags, end: End): Promise<void> => {
  const environment = await openEnvironment(app, flags, undefined, { asFile: true })
  const { config, problems, steps, leaves, secrets } = environment
  const isTaken = (id: string): boolean => steps.some((step) => step.id === id)
  // Of the file alone: what stands in the hosts file of this machine is no part of it.
  const { write } = selectHosts(environment.fileHosts, config.hosts.extra)
  const files: readonly RenderedFile[] = [
    ...(config.cluster.context === undefined
      ? [
          {
            path: 'kind.yaml',
            text: kindDocument(config, { image: nodeImage(config.cluster.kubernetes), cgroupVersion: 2 }),
          },
        ]
      : []),
    { path: 'hosts.txt', text: write.map((host) => `${config.hosts.address ?? '127.0.0.1'} ${host}\n`).join('') },
    ...(await renderOut(environment, isTaken)),
    ...secretsOut(secrets, config.name, { isTaken, leaves }),
  ]
  const folder = resolve(app.cwd, flags.out)
  await writeRendered(folder, files)
  const { json, out, err, colour } = app.terminal(flags)
  const written = files.map(({ path }) => path)
  if (flags.json) json({ cluster: config.name, folder, files: written })
  else for (const path of written) out(join(flags.out, path))
  for (const one of problems) err(problemLines(one, colour, app.cwd).join('\n'))
  if (problems.some(({ severity }) => severity === 'error')) end(exit.usage)
}

/**
 * What `render` writes for each secret whose step is taken: its Secrets with `***` where values would be, which no API takes for data, so that
 * nobody applies them by mistake. What it copies is in the cluster alone, and named in place of its keys.
 */
const secretsOut = (
  { known, sources }: Secrets,
  cluster: string,
  { isTaken, leaves }: { readonly isTaken: (id: string) => boolean; readonly leaves: ReadonlySet<string> },
): readonly { readonly path: string; readonly text: string }[] =>
  sources.flatMap(({ secret: { key, namespaces, type = 'Opaque', from } }) => {
    if (!isTaken(secretId(key))) return []
    const keys = keysOf(known.find((one) => one.key === key))
    const there = namespaces.filter((namespace) => !leaves.has(namespace))
    const objects = there.map((namespace) => ({
      ...copyOf(key, namespace, cluster, { data: new Map(), type, random: from.random }),
      data: Object.fromEntries(keys.map((name) => [name, '***'])),
    }))
    const says =
      from.secret === undefined ? 'The values' : `The values, and what is copied of the Secret ${from.secret},`
    return [{ path: `${secretId(key)}/manifests.yaml`, text: `# ${says} are left out.\n${writeObjects(objects)}` }]
  })

const keysOf = (known: KnownSecret | undefined): readonly string[] => [...(known?.keys ?? [])].toSorted()
