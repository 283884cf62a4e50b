import type { KubeObject } from '../../cluster/kube/kube.ts'
import { valueAt } from '../../core/fields.ts'
import { isBuiltIn, isBuiltInGroup } from '../kinds/built-in.ts'
import { groupKind, groupOf } from '../kinds/kind.ts'
import { removedApi } from '../kinds/removed-apis.ts'
import { check, type Finding } from '../schema/check.ts'
import type { DefinedSchemas } from './definitions.ts'
import type { KubernetesSchemas } from '../schema/kubernetes.ts'

/** What of an object is not as the schemas of the release that it is for have it. Of kinds that nobody defines nothing is known. */
export const schemaFindings = (
  object: KubeObject,
  schemas: KubernetesSchemas,
  defined: DefinedSchemas = nothingDefined,
): readonly Finding[] => {
  const schema = schemas.of(object.apiVersion, object.kind)
  if (schema) return check(object, schema)
  if (isBuiltInGroup(object.apiVersion)) return otherVersion(object, schemas)
  const custom = defined.of(object.apiVersion, object.kind)
  if (custom) return check(object, custom)
  const versions = defined.versionsOf(groupOf(object.apiVersion), object.kind)
  if (versions.length > 0 && !versions.includes(object.apiVersion.split('/')[1] ?? ''))
    return [
      {
        path: ['apiVersion'],
        kind: 'refused',
        message: `the definition of ${object.kind} in the plan serves ${versions.join(', ')}, and not ${object.apiVersion.split('/')[1]}`,
        hint: `Write \`apiVersion: ${groupOf(object.apiVersion)}/${versions[0]}\`.`,
      },
    ]
  const whole = groupKind(object)
  const place = Object.hasOwn(podTemplates, whole) ? podTemplates[whole] : undefined
  return place
    ? check(valueAt(object, ...place), schemas.type('core.v1.PodTemplateSpec'), place).filter(
        // Their controllers fill in what is missing, and know more fields.
        ({ kind, message }) => kind === 'refused' && !message.endsWith('is missing'),
      )
    : []
}

/** A kind that the release has, in a version that it has not. What is gone with a release has words of its own. */
const otherVersion = (object: KubeObject, schemas: KubernetesSchemas): readonly Finding[] => {
  const { apiVersion, kind } = object
  if (!isBuiltIn(object) || removedApi(object, schemas.minor)) return []
  const [best] = schemas.versionsOf(kind).filter((other) => groupOf(other) === groupOf(apiVersion))
  return best === undefined
    ? []
    : [
        {
          path: ['apiVersion'],
          kind: 'refused',
          message: `Kubernetes 1.${schemas.minor} serves no ${kind} in ${apiVersion}`,
          hint: `Write \`apiVersion: ${best}\`.`,
        },
      ]
}

const nothingDefined: DefinedSchemas = { of: () => undefined, versionsOf: () => [] }

/** Kinds of others whose pods kindup knows. */
const podTemplates: Readonly<Record<string, readonly string[]>> = {
  'argoproj.io/Rollout': ['spec', 'template'],
  'serving.knative.dev/Service': ['spec', 'template'],
  'serving.knative.dev/Configuration': ['spec', 'template'],
}
