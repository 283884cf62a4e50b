import type { KubeObject } from '../../cluster/kube/kube.ts'
import type { Config } from '../../config/config.ts'
import { knownSecrets } from '../hooks/known-secrets.ts'
import { renderedData } from '../secrets/data.ts'
import { makeHidden } from '../secrets/hidden.ts'

/** Texts that a rollback must not print, whoever says them: those of the file and of the environment, and what the Secrets of then hold. */
export const hiddenTexts = (
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  objects: readonly KubeObject[],
): ReadonlySet<string> => {
  const hidden = makeHidden(config)
  hidden.add(new Map(knownSecrets(config, [env]).map((text) => [text, Buffer.from(text)])))
  for (const object of objects)
    if (object.kind === 'Secret' && object.apiVersion === 'v1') hidden.add(renderedData(object))
  return hidden.texts
}
