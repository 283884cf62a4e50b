import type { Problem } from '../../core/problem.ts'
import type { RenderedObject } from '../../manifests/deployable.ts'
import { isBuiltInGroup } from '../../manifests/kinds/built-in.ts'
import { groupKind } from '../../manifests/kinds/kind.ts'
import { containersOf, podTemplateOf } from '../../manifests/transform/pod-templates.ts'
import { lineWith } from '../../manifests/problems/line-with.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { textsAt } from '../../core/fields.ts'
import { isRecord } from '../../core/is-record.ts'

/** `$NAME` and `${NAME}`; `$(NAME)` is what Kubernetes itself fills in. */
const variable = /\$\{[A-Za-z_]\w*\}|\$[A-Z_][A-Z0-9_]*(?![\w(])/

/** What shells, servers and dashboards read: a dollar sign there is theirs. */
const others = ['command', 'args', 'annotations', 'description', 'data', 'binaryData', 'stringData']

/** A variable of a program is filled in by nobody where it is all that its value is. */
const whole = new RegExp(`^(?:${variable.source})$`)

/**
 * Manifests that another program fills in before they are applied, such as envsubst: Kubernetes takes most of them as they
 * are, and nothing runs as it is meant.
 */
export const templateProblems = (documents: readonly RenderedObject[]): readonly Problem[] =>
  documents.flatMap(({ object, at }) => {
    const found = isBuiltInGroup(object.apiVersion)
      ? (variableIn(object) ?? (groupKind(object) === 'Secret' ? variableInSecret(object) : undefined))
      : containersOf(podTemplateOf(object)).flatMap(({ image = '' }) => variable.exec(image)?.[0] ?? [])[0]
    if (found === undefined) return []
    return [
      {
        severity: 'error' as const,
        message: `${object.kind} ${object.metadata.name}: ${found} stands where another program puts something in before it is applied, such as envsubst.`,
        at: lineWith(found, at),
      },
    ]
  })

/** Its data are base64 by now, whichever way they were written. */
const variableInSecret = (object: KubeObject): string | undefined =>
  Object.values(textsAt(object, 'data'))
    .map((text) => Buffer.from(text, 'base64').toString())
    .find((text) => whole.test(text))

/** The first that stands in an object. */
const variableIn = (value: unknown, key = ''): string | undefined => {
  if (typeof value === 'string') {
    if (value.includes('\n')) return undefined
    return (key === 'value' ? whole : variable).exec(value)?.[0]
  }
  const entries = Array.isArray(value)
    ? value.map((one) => [key, one] as const)
    : isRecord(value)
      ? Object.entries(value)
      : []
  for (const [name, inner] of entries) {
    if (others.includes(name)) continue
    const found = variableIn(inner, name)
    if (found !== undefined) return found
  }
  return undefined
}
