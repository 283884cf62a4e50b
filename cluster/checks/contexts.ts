import { stat } from 'node:fs/promises'
import { kindClusterLabel } from '../kind/labels.ts'
import { readContexts } from '../kubeconfig/kubeconfig.ts'
import { unlessRefused } from '../../core/errors.ts'
import type { Check, CheckDependencies } from './check.ts'
import { shown } from '../../core/shown-command.ts'

export const contextsCheck: Check = {
  id: 'contexts',
  title: 'the contexts of the kubeconfig lead somewhere',
  run: async (dependencies) => {
    const { kubeconfigFile: file, platform } = dependencies
    // A file that cannot be read is the other check's.
    const read = await unlessRefused(() => readContexts(file), undefined)
    if (!read) return { state: 'skipped', cause: `There are no contexts to look at in ${file}.` }
    const { current, names } = read
    const gone = await withoutCluster(names, dependencies)
    const mode = (await stat(file).catch(() => undefined))?.mode ?? 0
    const isOpen = platform !== 'win32' && (mode & 0o077) !== 0
    const troubles = [
      ...(current !== undefined && !names.includes(current)
        ? [{ cause: `the current context ${current} is not in the file`, fix: 'kubectl config use-context NAME' }]
        : []),
      ...gone.map((name) => ({
        cause: `${name} is of a cluster that is gone`,
        fix: `kubectl config delete-context ${name} && kubectl config delete-cluster ${name} && kubectl config delete-user ${name}`,
      })),
      ...(isOpen
        ? [{ cause: 'others of this machine may read it, keys included', fix: shown('chmod', ['600', file]) }]
        : []),
    ]
    const evidence = `${file}: ${names.length} ${names.length === 1 ? 'context' : 'contexts'}`
    if (troubles.length === 0) return { state: 'ok', evidence }
    return {
      state: 'warning',
      cause: `${file}: ${troubles.map(({ cause }) => cause).join('; ')}.`,
      evidence,
      fix: troubles.map(({ fix }) => fix).join('\n'),
    }
  },
}

/** kind's contexts whose clusters no engine that answers has. */
const withoutCluster = async (
  names: readonly string[],
  { engine, others }: CheckDependencies,
): Promise<readonly string[]> => {
  const ofKind = names.filter((name) => name.startsWith('kind-'))
  if (ofKind.length === 0) return []
  return unlessRefused(async () => {
    const answering = ((await others?.()) ?? []).filter(({ failure }) => !failure).map((other) => other.engine)
    const held = await Promise.all([await engine(), ...answering].map((each) => each.containers(kindClusterLabel)))
    const clusters = new Set(held.flat().map(({ labels }) => `kind-${labels[kindClusterLabel] ?? ''}`))
    return ofKind.filter((name) => !clusters.has(name))
  }, [])
}
