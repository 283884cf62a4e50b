import { numberAt } from '../../core/fields.ts'
import type { Kube, KubeObject } from '../../cluster/kube/kube.ts'
import { isHook } from '../../cluster/ready/targets.ts'
import { EnvironmentError } from '../../core/errors.ts'
import type { Problem } from '../../core/problem.ts'
import type { PlaceOf } from './apply.ts'

const logLines = 10

/** Says with a release that failed what its failed hooks printed last, and where they stand: helm only tells that one did not succeed. */
export const withHookLogs = async (
  thrown: unknown,
  kube: Kube,
  objects: readonly KubeObject[],
  namespace: string,
  placeOf: PlaceOf = () => undefined,
): Promise<unknown> => {
  if (!(thrown instanceof EnvironmentError) || !/hook/i.test(thrown.message)) return thrown
  const jobs = objects.filter((object) => object.kind === 'Job' && isHook(object))
  const said = await Promise.allSettled(
    jobs.map(async (hook): Promise<{ readonly text: string; readonly problems: readonly Problem[] }> => {
      const { name, namespace: where = namespace } = hook.metadata
      const job = await kube.get({ apiVersion: 'batch/v1', kind: 'Job', name, namespace: where })
      if ((numberAt(job, 'status', 'failed') ?? 0) === 0) return { text: '', problems: [] }
      const query = { apiVersion: 'v1', kind: 'Pod', namespace: where, labelSelector: `job-name=${name}` }
      const pod = (await kube.list(query)).at(-1)
      const log = pod ? await kube.logs({ namespace: where, name: pod.metadata.name }, logLines) : ''
      const at = placeOf(hook)
      return {
        text: log.trim() === '' ? '' : `\nThe last lines of hook Job ${name}:\n${log.trim().replaceAll(/^/gm, '  ')}`,
        problems: at ? [{ severity: 'error', message: `The hook Job ${name} stands here.`, at }] : [],
      }
    }),
  )
  // An API that is away must not hide what helm said.
  const known = said.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  const text = known.map((one) => one.text).join('')
  const problems = known.flatMap((one) => one.problems)
  if (text === '' && problems.length === 0) return thrown
  return new EnvironmentError(thrown.code, thrown.message + text, {
    hints: thrown.hints,
    problems: [...thrown.problems, ...problems],
    cause: thrown,
  })
}
