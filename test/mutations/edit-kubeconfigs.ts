import { addEntriesOf } from '../../cluster/kubeconfig/add-entries.ts'
import { entriesOf, parseKubeconfig } from '../../cluster/kubeconfig/document.ts'
import { entriesFor } from '../../cluster/kubeconfig/entries.ts'
import { removeEntriesOf } from '../../cluster/kubeconfig/remove-entries.ts'
import { KindupError } from '../../core/errors.ts'
import { chanceOf } from './mutate.ts'
import { mutatedText } from './mutate-text.ts'
import type { Failure } from './plan-objects.ts'

const file = '/home/me/.kube/config'
const ours = `apiVersion: v1
kind: Config
clusters: [{ name: kind-demo, cluster: { server: https://127.0.0.1:6443, certificate-authority-data: QQ== } }]
users: [{ name: kind-demo, user: { client-certificate-data: QQ==, client-key-data: QQ== } }]
contexts: [{ name: kind-demo, context: { cluster: kind-demo, user: kind-demo } }]
current-context: kind-demo
`
const block = `# mine
apiVersion: v1
kind: Config
clusters:
- cluster:
    server: https://work.test:6443   # do not touch
  name: work
contexts:
- context: {cluster: work, user: me, namespace: "a b"}
  name: work
- name: other
  context:
    cluster: work
    user: me
current-context: work
preferences: {}
users:
- name: me
  user:
    token: my-own-token
    exec: { apiVersion: client.authentication.k8s.io/v1, command: login, args: [--quiet] }
`
const ordinary: readonly Buffer[] = [
  block,
  block.replaceAll('\n', '\r\n'),
  block.replace('current-context: work\n', ''),
  'apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\ncurrent-context: ""\n',
  'apiVersion: v1\nclusters: null\ncontexts:\nusers:\nkind: Config\n',
  '{"apiVersion":"v1","kind":"Config","clusters":[{"name":"work","cluster":{"server":"https://work.test"}}],"contexts":[],"users":[]}',
  '',
].map((text) => Buffer.from(text))

/**
 * Adds the entries of a cluster to kubeconfigs that were changed at random, and takes them out again: every byte of before is to be there
 * again, and what cannot be edited is refused with the file and no stack trace.
 */
export const editMutatedKubeconfigs = (count: number, firstSeed: number): readonly Failure[] => {
  const failures: Failure[] = []
  for (let seed = firstSeed; seed < firstSeed + count; seed++) {
    const chance = chanceOf(seed)
    const before = mutatedText(ordinary[chance(ordinary.length)] ?? Buffer.from(block), chance).toString('latin1')
    try {
      const wrong = faultOf(before)
      if (wrong !== undefined) failures.push({ seed, what: JSON.stringify(before), error: wrong })
    } catch (error) {
      // Refused, with its place.
      if (!(error instanceof KindupError) || !error.message.includes(file))
        failures.push({ seed, what: JSON.stringify(before), error })
    }
  }
  return failures
}

const faultOf = (before: string): string | undefined => {
  const { text } = addEntriesOf(parseKubeconfig(before, file), 'demo', entriesFor('demo', ours), false)
  const added = parseKubeconfig(text, file)
  const names = entriesOf(added, 'contexts').map(({ name }) => name)
  if (names.filter((name) => name === 'kind-demo').length !== 1) return `contexts are ${names.join()}`
  const again = addEntriesOf(added, 'demo', entriesFor('demo', ours), false)
  if (again.text !== text) return 'a second time changes it again'
  const { after } = removeEntriesOf(added, 'demo', {})
  return after?.text === before ? undefined : `what is left is ${JSON.stringify(after?.text)}`
}
