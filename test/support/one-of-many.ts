/** A run of its own for tests of many at once: puts a cluster into a kubeconfig and a hosts file, and takes it out again when it is told to. It is told the kubeconfig of the cluster, or `remove`. */
import process from 'node:process'
import { addToKubeconfig, removeFromKubeconfig } from '../../cluster/kubeconfig/kubeconfig.ts'
import { applyHosts, removeHosts } from '../../hosts/hosts-file.ts'

const [name = '', kubeconfig = '', hosts = ''] = process.argv.slice(2)
const { signal } = new AbortController()

process.on('message', (what) => {
  const work =
    typeof what === 'string' && what !== 'remove'
      ? Promise.all([
          addToKubeconfig({ file: kubeconfig, name, kubeconfig: what, signal }),
          applyHosts(hosts, name, [`${name}.test`]),
        ])
      : Promise.all([removeFromKubeconfig({ file: kubeconfig, name, signal }), removeHosts(hosts, name)])
  work.then(
    () => process.send?.('done'),
    (error: unknown) => process.send?.(String(error)),
  )
})
process.send?.('ready')
