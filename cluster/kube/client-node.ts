import { registerHooks } from 'node:module'
import { PassThrough } from 'node:stream'
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js'

/** Two names of it are wanted, and its index is all of the API as classes: a thousand files. */
const allOfTheApi = './gen/index.js'
const config = '/@kubernetes/client-node/dist/config.js'

/**
 * The library's KubeConfig, without the classes of the API that nothing here asks for: 0.1 s instead of 0.4 s of work
 * (decision 026). Where a later version of the library is made up differently, all of it is loaded.
 */
export const loadKubeConfig = async (): Promise<typeof import('@kubernetes/client-node/dist/config.js').KubeConfig> => {
  const hooks = registerHooks({
    resolve(specifier, context, next) {
      if (specifier !== allOfTheApi || !context.parentURL?.endsWith(config)) return next(specifier, context)
      const from = (path: string): string => JSON.stringify(new URL(path, context.parentURL).href)
      const source = `export { createConfiguration } from ${from('gen/configuration.js')}\nexport { ServerConfiguration } from ${from('gen/servers.js')}`
      return { url: `data:text/javascript,${encodeURIComponent(source)}`, format: 'module', shortCircuit: true }
    },
  })
  try {
    const { KubeConfig } = await import('@kubernetes/client-node/dist/config.js')
    return KubeConfig
  } finally {
    hooks.deregister()
  }
}

type Sockets = InstanceType<typeof import('@kubernetes/client-node/dist/web-socket-handler.js').WebSocketHandler>

/** What opens connections of channels. It comes with its own ending of this process's streams, which is kept from it. */
export const loadSockets = async (): Promise<(config: KubeConfig) => Sockets> => {
  const { WebSocketHandler } = await import('@kubernetes/client-node/dist/web-socket-handler.js')
  return (kubeconfig) => {
    const aside = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
    return new WebSocketHandler(kubeconfig, undefined, aside)
  }
}

/** What runs a program in a container. */
export const loadExec = async (): Promise<
  (config: KubeConfig) => InstanceType<typeof import('@kubernetes/client-node/dist/exec.js').Exec>
> => {
  const [{ Exec }, sockets] = await Promise.all([import('@kubernetes/client-node/dist/exec.js'), loadSockets()])
  return (kubeconfig) => new Exec(kubeconfig, sockets(kubeconfig))
}
