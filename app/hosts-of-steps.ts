import type { Rendered } from '../manifests/source/rendered.ts'

/** The host names of what a walk takes and of what it leaves out, each once. A name of both is one of the first. */
export const hostsOfSteps = (
  sources: ReadonlyMap<string, Pick<Rendered, 'hosts'>>,
  isTaken: (id: string) => boolean,
): { readonly taken: readonly string[]; readonly left: readonly string[] } => {
  const taken = new Set([...sources].flatMap(([id, { hosts }]) => (isTaken(id) ? hosts : [])))
  const all = [...sources.values()].flatMap(({ hosts }) => hosts)
  return { taken: [...taken], left: [...new Set(all)].filter((host) => !taken.has(host)) }
}
