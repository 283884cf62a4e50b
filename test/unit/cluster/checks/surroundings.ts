import type { CheckDependencies } from '../../../../cluster/checks/check.ts'
import type { Container, Engine, EngineInfo } from '../../../../cluster/engine/engine.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { makeRun } from '../../../../core/run.ts'

type Told = {
  readonly info?: Partial<EngineInfo>
  readonly containers?: readonly Container[]
  readonly volume?: Readonly<Record<string, string>>
  readonly command?: string
}

/** An engine that says what it was told; it has no other functions, so that any other call throws. */
export const madeEngine = ({ info = {}, containers = [], volume, command = 'no-such-engine' }: Told = {}): Engine => {
  const told: Pick<Engine, 'name' | 'command' | 'reach' | 'info' | 'containers' | 'volume'> = {
    name: 'docker',
    command,
    reach: () => told.info(),
    info: async () => ({
      version: '29.0.0',
      cgroupVersion: 2,
      cpus: 8,
      memoryBytes: 16 * 2 ** 30,
      architecture: 'amd64',
      rootless: false,
      containerdStore: true,
      ...info,
    }),
    containers: async () => containers,
    volume: async (name) => (volume ? { name, labels: volume } : undefined),
  }
  return told as Engine
}

export const noEngine = (): Promise<Engine> =>
  Promise.reject(new EnvironmentError('engine-unreachable', 'docker does not answer.', { hints: ['start it'] }))

export const dependencies = (parts: Partial<CheckDependencies> = {}): CheckDependencies => ({
  config: undefined,
  run: makeRun(),
  env: {},
  platform: 'linux',
  engine: async () => madeEngine(),
  kubeconfigFile: '/nowhere/config',
  hosts: undefined,
  ...parts,
})
