/**
 * Errors that are the cluster's: the tool that renders asks nobody, and its objects would be refused when they are applied.
 * Any other error about what a tool takes is wrong.
 */
const ofTheApi: readonly RegExp[] = [
  // Shapes: fields that are needed, and values of another type.
  /: \S+ is missing(?:\.$|, and )/,
  /: \S+ is .+ where .+ belongs(?:\.$|, )/s,
  /: it begins with a slash\.$/,
  /: Kubernetes \S+ serves no /,
  / is a field that Kubernetes does not know there\.$/,
  /: \S+ is missing: (?:a ServiceAccount has one|only a headless Service and an ExternalName do without)\.$/,
  /: \S+ is .+ where (?:one of these|1) belongs: /,
  / is no base64\.$/,
  // Names, labels, and what has to be there once.
  /: \S+ is ".*", and takes /,
  / twice \(items .+\), which server-side apply refuses\.$/,
  // No port may be called so.
  / is <nil>, and the container has no port of that name\b/,
  /, and the pod has no such volume\b/,
  /, and the pods of its own template have no such label\.$/,
  /^This is no Kubernetes object: (?:its name |its `metadata` is |it has no `(?:apiVersion|kind|metadata.name)`|it has a `generateName`)/,
  // Which of two is left depends on who comes last, and on who reads; in files of one's own that is an error.
  / is written by \S+ and by it too, twice /,
  /^The key .+ is written twice with different values /,
  // Kinds and versions.
  /^Kubernetes has no /,
  /^Nothing in the plan serves /,
  / is written as \S+, which Kubernetes \S+ and later do not serve /,
]

export const isOfTheApi = (message: string): boolean => ofTheApi.some((pattern) => pattern.test(message))
