/** What to write for Argo CD to run kustomize with options, for all Applications at once: argocd-cm has them, by the add-on. */
export const argocdSet = (options: string): string =>
  String.raw`Argo CD allows it for all Applications at once: addons: { argocd: { set: { 'configs.cm.kustomize\.buildOptions': ${options} } } }`
