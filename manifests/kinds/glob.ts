import { groupOf } from './kind.ts'

/** Whether a kind is meant by `KIND`, `KIND.group`, or a glob of the latter such as `*.servicecatalog.k8s.io`. */
export const matchesKind = (
  pattern: string,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): boolean => {
  const group = groupOf(apiVersion)
  const test = new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`, 'i')
  return test.test(kind) || (group !== '' && test.test(`${kind}.${group}`))
}

const escaped = (text: string): string => text.replace(/[$()+.?[\\\]^{|}]/g, '\\$&')
