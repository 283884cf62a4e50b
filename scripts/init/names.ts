import { folderOf, nameOf } from './paths.ts'

/** A text as a DNS label; undefined where no letter or digit is in it. */
export const toLabel = (text: string): string | undefined => {
  const label = text
    .normalize('NFKD')
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z][a-z])/g, '-')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    // The names of the nodes are made of the cluster's, and end at 63.
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '')
  return label === '' ? undefined : label
}

export const isLabel = (text: string): boolean => /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)

/** What keeps a text from naming a cluster; undefined where nothing does. */
export const wrongName = (text: string): string | undefined =>
  !isLabel(text)
    ? 'It takes lower-case letters, digits and dashes, with a letter or digit at both ends.'
    : text.length > 49
      ? 'It takes 49 characters at most: the names of the nodes are made of it.'
      : undefined

/** Names that say what a folder holds and not what it is for. */
const generic = new Set(
  `app application base build cd chart charts ci cluster clusters config configs crd crds default deploy deployment
    deployments docker env environment environments envs helm helm-chart helm-charts image images infra infrastructure install k8s kind
    kube kubernetes kustomization kustomize manifest manifests ops overlay overlays package packages resources
    rootfs services src static values yaml`.split(/\s+/),
)

/** What a folder is for: its own name, or that of the nearest folder above that is no word for all such folders. */
export const purposeOf = (folder: string, fallback: string): string => {
  for (let at = folder; at !== '.'; at = folderOf(at)) {
    const label = toLabel(nameOf(at))
    if (label !== undefined && !generic.has(nameOf(at).toLowerCase()) && !isEnvironment(nameOf(at))) return label
  }
  return fallback
}

/** The nearest folder above that is no word for all such folders: a chart there is for what lies in it. */
export const homeOf = (folder: string): string => {
  let at = folderOf(folder)
  while (at !== '.' && generic.has(nameOf(at).toLowerCase())) at = folderOf(at)
  return at
}

/** Names of environments that people use, in the order that changes go through them. */
const environments =
  `local dev devel develop developer development sandbox demo test testing e2e ci int integration qa uat
  stage staging preview preprod pre-prod pre-production live prod production`.split(/\s+/)

export const isEnvironment = (name: string): boolean => environments.includes(name)

export const isProduction = (name: string): boolean => /^(live|prod|production)$/.test(name)

export const inOrder = (names: Iterable<string>): readonly string[] =>
  [...new Set(names)].toSorted((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))

const rank = (name: string): number => (environments.includes(name) ? environments.indexOf(name) : 100)

/** The name, or the name with a number behind it where it is taken. */
export const freeName = (name: string, taken: ReadonlySet<string>): string => {
  if (!taken.has(name)) return name
  for (let number = 2; ; number++) if (!taken.has(`${name}-${number}`)) return `${name}-${number}`
}
