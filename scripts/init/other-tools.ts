import type { File } from './found.ts'
import { listed } from './listed.ts'
import { asWritten, nameOf } from './paths.ts'

type Tool = { readonly name: string; readonly file: RegExp; readonly instead: string }

const byHand = 'services that it deploys are named here by their charts, kustomizations and manifests'
const written = (command: string): string => `what it makes can be deployed once it is in files: ${command}`

/** Tools whose files are not read: what they are called, and what can be done. */
const others: readonly Tool[] = [
  { name: 'DevSpace', file: /^devspace\.ya?ml$/, instead: byHand },
  { name: 'Garden', file: /^(?:.+\.)?garden\.ya?ml$/, instead: byHand },
  { name: 'Okteto', file: /^okteto\.ya?ml$/, instead: byHand },
  { name: 'werf', file: /^werf\.ya?ml$/, instead: byHand },
  { name: 'Draft', file: /^\.?draft\.toml$/, instead: byHand },
  { name: 'the Azure Developer CLI', file: /^azure\.ya?ml$/, instead: byHand },
  { name: 'cdk8s', file: /^cdk8s\.ya?ml$/, instead: written('cdk8s synth --output k8s') },
  {
    name: 'Tanka',
    file: /^jsonnetfile\.json$/,
    instead: written('tk export k8s environments/default, or jsonnet -m k8s FILE'),
  },
  { name: 'Timoni', file: /^timoni\.cue$/, instead: written('timoni build NAME . > k8s.yaml') },
  { name: 'Pulumi', file: /^Pulumi\.ya?ml$/, instead: written('its provider takes renderYamlToDirectory') },
  { name: 'KCL', file: /^kcl\.mod$/, instead: written('kcl run > k8s.yaml') },
  { name: 'Score', file: /^score\.ya?ml$/, instead: written('score-k8s generate score.yaml') },
]

/** Sentences about files of tools that are not taken over. */
export const notesOnOtherTools = (files: readonly File[]): readonly string[] =>
  others.flatMap(({ name, file, instead }) => {
    const found = files.filter(({ path }) => file.test(nameOf(path)))
    if (found.length === 0) return []
    return [
      `${listed(found.map(({ path }) => asWritten(path)))} ${found.length === 1 ? 'is' : 'are'} for ${name}, and not taken over: ${instead}.`,
    ]
  })
