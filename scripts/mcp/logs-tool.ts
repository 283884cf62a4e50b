import type { McpServer } from '@modelcontextprotocol/server'
import { z } from 'zod'
import type { App } from '../../app/app.ts'
import { accessOf } from '../../app/access-of.ts'
import { engineOf } from '../../app/engine-of.ts'
import { secretTexts } from '../../cluster/diagnose/secret-texts.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import type { Pod } from '../../cluster/kube/models.ts'
import { subjectOf } from '../../config/subject.ts'
import { messageOf } from '../../core/errors.ts'
import { redacted } from '../../core/mask/redacted.ts'
import { loadOptions } from '../../app/app.ts'
import type { McpFlags } from './flags.ts'

const asked = z.object({
  name: z.string().min(1).describe('The name of a pod, or how the names of the pods of a workload begin: web.'),
  namespace: z.string().min(1).optional().describe('Every one where it is left out.'),
  container: z.string().min(1).optional(),
  lines: z.number().int().min(1).max(1000).default(100),
  previous: z.boolean().default(false).describe('Of the run before the last restart.'),
})
type Asked = z.infer<typeof asked>

/** So many containers are read at once. */
const most = 20

/** The logs of a workload, without values of Secrets. */
export const addLogsTool = (server: McpServer, app: App, flags: McpFlags): void => {
  server.registerTool(
    'logs',
    {
      description: 'The last lines that the containers of a pod or a workload said. Values of Secrets are hidden.',
      inputSchema: asked,
      annotations: { readOnlyHint: true, openWorldHint: false },
    },
    async (given: Asked) => {
      try {
        return { content: [{ type: 'text' as const, text: await logsOf(await kubeOf(app, flags), given) }] }
      } catch (error) {
        return { content: [{ type: 'text' as const, text: messageOf(error) }], isError: true }
      }
    },
  )
}

const kubeOf = async (app: App, flags: McpFlags): Promise<Kube> => {
  const { name, ...rest } = await subjectOf(loadOptions(app, flags))
  if (name === undefined) throw new Error('Which cluster is meant is not known: start kindup mcp with --name NAME.')
  return accessOf(app, { name, ...rest }, engineOf(app, rest.engine ?? 'auto'), app.signal).kube()
}

const logsOf = async (kube: Kube, { name, namespace, container, lines, previous }: Asked): Promise<string> => {
  const query = { apiVersion: 'v1', kind: 'Pod', ...(namespace !== undefined && { namespace }) }
  const pods: readonly Pod[] = await kube.list(query)
  const meant = pods.filter(({ metadata }) => metadata.name === name || metadata.name.startsWith(`${name}-`))
  if (meant.length === 0) return `No pod is called ${name}, or begins with ${name}-.`
  const containers = meant
    .flatMap(({ metadata, spec }) =>
      [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])].map((one) => ({
        namespace: metadata.namespace ?? 'default',
        name: metadata.name,
        container: one.name,
      })),
    )
    .filter((one) => container === undefined || one.container === container)
    .slice(0, most)
  const names = new Set(pods.flatMap(({ metadata }) => [metadata.name, metadata.namespace ?? '']))
  const [secrets, ...texts] = await Promise.all([
    secretTexts(kube, names),
    ...containers.map((one) => kube.logs({ ...one, previous }, lines)),
  ])
  return containers
    .map((one, index) => {
      const text = texts[index]?.trimEnd() ?? ''
      return `# ${one.namespace}/${one.name} ${one.container}\n${text === '' ? '(nothing)' : redacted(text, secrets)}`
    })
    .join('\n\n')
}
