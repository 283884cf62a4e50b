import { readFileSync } from 'node:fs'
import type { Config, KustomizeOptions } from '../config/config.ts'
import { textAt } from '../core/fields.ts'
import { readValue } from '../core/go-yaml/read-value.ts'
import { setValues } from '../manifests/helm/set-values.ts'

/**
 * What kustomizations of Applications may do, by the values of the Argo CD of the file: `kustomize.buildOptions` of argocd-cm, which is one
 * for all. Files outside their folders they may read where the file itself says so: what comes from elsewhere shows that before it is trusted.
 */
export const argocdBuildOptions = ({ addons }: Pick<Config, 'addons'>): KustomizeOptions => {
  const section = addons.find(({ name }) => name === 'argocd')
  if (!section) return {}
  const set = optionsAt(setValues(section.set))
  const options = set ?? section.values.map(inFile).findLast((one) => one !== undefined) ?? ''
  return {
    ...(/(?:^|\s)--enable-helm(?:=true)?(?:\s|$)/.test(options) ? { helm: true } : {}),
    ...(/(?:^|\s)--load-restrictor[ =]LoadRestrictionsNone(?:\s|$)/.test(set ?? '') ? { loadRestrictor: 'none' } : {}),
  }
}

const optionsAt = (values: unknown): string | undefined => textAt(values, 'configs', 'cm', 'kustomize.buildOptions')

const inFile = (file: string): string | undefined => {
  try {
    return optionsAt(readValue(readFileSync(file, 'utf8'), 'go2'))
  } catch {
    // The add-on says what is wrong with its values.
    return undefined
  }
}
