/** What Argo CD calls its own hooks by; those of helm in plain manifests it runs, too. */
export const argoHookAnnotation = 'argocd.argoproj.io/hook'

/** Whether Argo CD would run an object as a hook, by its annotations as they are written. */
export const isHookOfArgocd = (annotations: Readonly<Record<string, unknown>>): boolean =>
  argoHookAnnotation in annotations || 'helm.sh/hook' in annotations
