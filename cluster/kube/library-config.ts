import { loadKubeConfig } from './client-node.ts'
import { forLibrary, readContext } from './kubeconfig-context.ts'

type KubeConfig = InstanceType<Awaited<ReturnType<typeof loadKubeConfig>>>

/** One context of a kubeconfig file for what the library does itself: programs in containers, ports of pods. Throws EnvironmentError `kubeconfig`. */
export const libraryConfig = async (kubeconfig: string, contextName: string): Promise<KubeConfig> => {
  const [context, Made] = await Promise.all([readContext(kubeconfig, contextName), loadKubeConfig()])
  const config = new Made()
  config.loadFromString(forLibrary(context))
  return config
}
