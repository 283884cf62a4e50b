/** A run of its own for tests of many at once: puts a cluster into a kubeconfig and a hosts file, and takes it out again when it is told to. */
import process from 'node:process'
import { addToKubeconfig, removeFromKubeconfig } from '../../cluster/kubeconfig/kubeconfig.ts'
import { applyHosts, removeHosts } from '../../hosts/hosts-file.ts'
import { fromKind } from '../unit/cluster/kubeconfig/shapes.ts'

const [name = '', kubeconfig = '', hosts = ''] = process.argv.slice(2)
const { signal } = new AbortController()

process.on('message', (what) => {
  const work =
    what === 'add'
      ? Promise.all([
          addToKubeconfig({ file: kubeconfig, name, kubeconfig: fromKind(name), signal }),
          applyHosts(hosts, name, [`${name}.test`]),
        ])
      : Promise.all([removeFromKubeconfig({ file: kubeconfig, name, signal }), removeHosts(hosts, name)])
  work.then(
    () => process.send?.('done'),
    (error: unknown) => process.send?.(String(error)),
  )
})
process.send?.('ready')
