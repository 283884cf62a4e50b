import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { PatchConfig } from '../../config/config.ts'
import type { KubeObject } from '../../cluster/kube/kube.ts'
import { applyPatches } from '../../manifests/kustomize/patch.ts'
import { matchesKind } from '../../manifests/kinds/glob.ts'
import type { Rules } from '../../manifests/transform/rules.ts'
import { keptText } from '../../manifests/transform/kept.ts'
import { transform } from '../../manifests/transform/transform.ts'
import { crdOutline, isCrdText } from '../../manifests/yaml/crd-outline.ts'
import { parseObjects } from '../../manifests/yaml/parse.ts'
import { splitDocuments } from '../../manifests/yaml/split.ts'
import { writeObjects } from '../../manifests/yaml/write.ts'

/** What the post-renderer reads from its file. */
export type PostRenderRules = {
  readonly rules: Rules
  readonly patches: readonly PatchConfig[]
  /** Path of the kubectl that applies the patches. */
  readonly kubectl: string
}

/** Takes what helm rendered through the transform pipeline. Throws on text that it cannot read: helm stops then and applies nothing. */
export const postRender = async (rendered: string, rulesFile: string | undefined): Promise<string> => {
  if (rulesFile === undefined) throw new Error('the file with the rules was not named')
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this very version wrote the file, a moment ago
  const { rules, patches, kubectl } = JSON.parse(await readFile(rulesFile, 'utf8')) as PostRenderRules
  const kept: string[] = []
  const objects: KubeObject[] = []
  for (const { text } of splitDocuments(rendered)) {
    const definition = patches.length === 0 && isCrdText(text)
    const parsed = parseObjects(definition ? crdOutline(text) : text, {
      reader: 'helm',
      place: () => ({ file: 'rendered' }),
    })
    const broken = parsed.problems.find(({ severity }) => severity === 'error')
    if (broken) throw new Error(`${broken.message} (in what helm rendered)`)
    const skipped = parsed.objects.every(({ object }) => rules.skip.some((pattern) => matchesKind(pattern, object)))
    // Definitions pass as they are: parsing their schemas takes seconds, and nothing in them is ours to change.
    const asText = definition && keptText(text)
    if (asText) kept.push(...(skipped ? [] : [asText.startsWith('---') ? asText : `---\n${asText}`]))
    else objects.push(...(definition ? whole(text) : parsed.objects).map(({ object }) => object))
  }
  // Beside the rules: what takes those away takes this too.
  const deps = { ...(await kustomizeBy(kubectl, patches)), cacheFolder: dirname(rulesFile) }
  const patched = await applyPatches(objects, patches, deps)
  const text = [
    ...kept.map((one) => (one.endsWith('\n') ? one : `${one}\n`)),
    writeObjects(transform(patched, rules)),
  ].join('')
  // helm takes no answer at all for a failure.
  return text === '' ? '# There are no objects.\n' : text
}

const whole = (text: string) => parseObjects(text, { reader: 'helm', place: () => ({ file: 'rendered' }) }).objects

/** zx is loaded only where something is to be started. */
const kustomizeBy = async (kubectl: string, patches: readonly PatchConfig[]) => {
  const run = patches.length === 0 ? undefined : (await import('../../core/run.ts')).makeRun()
  return {
    run: run ?? (() => Promise.reject(new Error('there are no patches'))),
    tools: {
      kubectl: () => Promise.resolve({ name: 'kubectl' as const, path: kubectl, version: '', from: 'path' as const }),
    },
  }
}
