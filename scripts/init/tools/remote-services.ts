import type { DraftService } from '../draft-service.ts'
import type { Found } from '../found.ts'
import { freeName, toLabel } from '../names.ts'
import { asWritten } from '../paths.ts'

/** The services that charts of repositories become. Needs are those of other services here. */
export const remoteServices = ({ tools }: Found, others: readonly DraftService[]): readonly DraftService[] => {
  const taken = new Set(others.map(({ name }) => name))
  const named = tools.flatMap(({ file, remote }) =>
    remote.map((release) => {
      const name = freeName(toLabel(release.name) ?? 'release', taken)
      taken.add(name)
      return { file, release, name }
    }),
  )
  return named.map(({ file, release, name }): DraftService => {
    const { chart, repo, version, namespace, values } = release
    const needs = release.needs.flatMap((need) => named.find((one) => one.release.name === need)?.name ?? [])
    return {
      name,
      from: asWritten(file),
      deploy: {
        kind: 'helm',
        chart,
        ...(repo !== undefined && { repo }),
        ...(version !== undefined && { version }),
        ...(release.name === name ? {} : { release: { text: release.name } }),
        values: values.map(asWritten),
        sets: release.sets ?? [],
      },
      environments: [],
      ...(namespace !== undefined && { namespace }),
      ...(needs.length > 0 && { needs }),
    }
  })
}
