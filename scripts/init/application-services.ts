import type { FoundApplication } from './found.ts'
import { inOrder, isEnvironment, isLabel, toLabel } from './names.ts'

/** What several Applications of Argo CD say of one service. */
export type ApplicationService = {
  readonly name: string
  readonly environments: readonly { readonly name: string; readonly namespace: string | undefined }[]
  /** `{env}` stands in them where there are environments. */
  readonly values: readonly string[]
  /** Where there are no environments. */
  readonly namespace: string | undefined
}

/** The services that Applications of one chart deploy: those that differ in their environment alone are one. */
export const servicesOf = (applications: readonly FoundApplication[], chart: string): readonly ApplicationService[] => {
  const seen = applications.map((application) => {
    const env = environmentOf(application)
    const values = application.values.map((path) => (env === undefined ? path : withPlaceholder(path, env)))
    return { application, env, values, name: nameOf(application, env) ?? chart }
  })
  const groups = Map.groupBy(seen, ({ name, env, values }) => JSON.stringify([name, env !== undefined, values]))
  return [...groups.values()].flatMap((group): readonly ApplicationService[] => {
    const [first] = group
    if (!first) return []
    const { name, values, env, application } = first
    if (env === undefined) return [{ name, environments: [], values, namespace: application.namespace }]
    const namespaces = new Map(group.map((one) => [one.env ?? '', one.application.namespace]))
    return [
      {
        name,
        environments: inOrder(namespaces.keys()).map((one) => ({ name: one, namespace: namespaces.get(one) })),
        values,
        namespace: undefined,
      },
    ]
  })
}

const words = (text: string): readonly string[] => text.split(/[/._-]/)

/** By the values files first: their paths have to hold it. Then by namespace and name. */
const environmentOf = ({ values, namespace, name }: FoundApplication): string | undefined =>
  [...values.flatMap(words), namespace ?? '', ...words(name)].find((word) => isEnvironment(word) && isLabel(word))

const withPlaceholder = (path: string, env: string): string =>
  path.replaceAll(new RegExp(`(?<=^|[/._-])${env}(?=$|[/._-])`, 'g'), '{env}')

/** What is left of the name without the words that say where. */
const nameOf = ({ name }: FoundApplication, env: string | undefined): string | undefined =>
  toLabel(
    words(name)
      .filter((word) => word !== env && !isEnvironment(word))
      .join('-'),
  )
