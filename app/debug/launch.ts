import { relative, sep } from 'node:path'
import type { Running } from '../inside/open-running.ts'
import type { RuntimeName } from './runtimes.ts'

/** Where an editor has the sources, and where the container has them. */
export type Roots = { readonly local: string; readonly remote: string }

/** The folder of a service's sources as launch.json writes it: where its image is built, beginning at the folder of the file. */
export const rootsOf = ({ file }: Pick<Running, 'file'>, service: string, remote: string): Roots => {
  const context = file?.images.find(({ key }) => key === service)?.build?.context
  const below = file && context !== undefined ? relative(file.folder, context).split(sep).join('/') : ''
  const isBelow = below !== '' && !below.startsWith('..')
  return { local: `\${workspaceFolder}${isBelow ? `/${below}` : ''}`, remote: remote || '/app' }
}

/** An entry of `configurations` in .vscode/launch.json. */
export const launchOf = (runtime: RuntimeName, name: string, port: number, { local, remote }: Roots): object => {
  const head = { name, request: 'attach' }
  switch (runtime) {
    case 'node':
      return { type: 'node', ...head, address: '127.0.0.1', port, localRoot: local, remoteRoot: remote, restart: true }
    case 'python':
      return {
        type: 'debugpy',
        ...head,
        connect: { host: '127.0.0.1', port },
        pathMappings: [{ localRoot: local, remoteRoot: remote }],
      }
    case 'java':
      return { type: 'java', ...head, hostName: '127.0.0.1', port }
    case 'go':
      return {
        type: 'go',
        ...head,
        mode: 'remote',
        host: '127.0.0.1',
        port,
        substitutePath: [{ from: local, to: remote }],
      }
  }
}
