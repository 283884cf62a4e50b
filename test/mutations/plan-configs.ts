import { isRecord } from '../../core/is-record.ts'
import { listAt, textAt, numberAt } from '../../core/fields.ts'
import { sandbox } from '../support/sandbox.ts'
import { asText, chanceOf, mutated } from './mutate.ts'
import { ordinaryConfigs } from './ordinary-configs.ts'
import type { Failure } from './plan-objects.ts'

const files: Readonly<Record<string, string>> = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'chart/templates/a.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
  'values.yaml': 'a: 1\n',
  'k8s/web.yaml': 'apiVersion: v1\nkind: Service\nmetadata: { name: web }\nspec: { ports: [{ port: 80 }] }\n',
  'k8s/kustomization.yaml': 'resources: [web.yaml]\n',
  'web/Dockerfile':
    'FROM scratch AS x\nARG A\nRUN --mount=type=secret,id=npmrc --mount=type=secret,id=token --mount=type=ssh true\n',
  'secret.env': 'USER=me\n',
  'crds/none.yaml': '',
}

/**
 * Takes ordinary configurations, each with one value of it changed, through `plan`. Answers those that ended in a defect,
 * or in an error that does not say where it stands.
 */
export const planMutatedConfigs = async (count: number, firstSeed: number): Promise<readonly Failure[]> => {
  // No program is found: nothing is rendered but plain manifests, and nothing is asked.
  await using at = await sandbox({ path: '/nowhere', env: { TOKEN: 'x' } })
  for (const [name, text] of Object.entries(files)) await at.write(name, text)
  const failures: Failure[] = []
  for (const [index, config] of ordinaryConfigs.entries()) {
    await at.write('kindup.yaml', asText(config))
    const { code, stdout } = await at.kindup(['plan', '--json'])
    // What is wrong already hides what the change makes wrong.
    if (code === 2) failures.push({ seed: -1, what: `configuration ${index} as it is`, error: stdout })
  }
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const chance = chanceOf(seed)
    const { value, what } = mutated(ordinaryConfigs[chance(ordinaryConfigs.length)], chance)
    await at.write('kindup.yaml', asText(value))
    const { code, stdout, stderr } = await at.kindup(['plan', '--json'])
    const wrong = faultOf(code, stdout, stderr)
    if (wrong !== undefined) failures.push({ seed, what, error: wrong })
  }
  return failures
}

const faultOf = (code: number | null, stdout: string, stderr: string): string | undefined => {
  if (code === 70 || /^ {4}at /m.test(stderr)) return stderr.slice(0, 600) || stdout.slice(0, 600)
  let document: unknown
  try {
    document = JSON.parse(stdout)
  } catch {
    return `no JSON: ${stdout.slice(0, 200)}`
  }
  if (code !== 2) return undefined
  const error = isRecord(document) ? document['error'] : undefined
  const problems = listAt(error, 'problems').length > 0 ? listAt(error, 'problems') : listAt(document, 'problems')
  const errors = problems.filter((one) => textAt(one, 'severity') !== 'warning')
  if (errors.length === 0) return `exit 2 and no problem: ${stdout.slice(0, 300)}`
  const lost = errors.find(
    (one) =>
      textAt(one, 'at', 'file') === undefined ||
      (numberAt(one, 'at', 'line') === undefined && textAt(one, 'at', 'file')?.endsWith('kindup.yaml') === true),
  )
  return lost === undefined ? undefined : `no place: ${JSON.stringify(lost)}`
}
