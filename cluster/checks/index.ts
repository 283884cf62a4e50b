import { caCheck } from './ca.ts'
import { cgroupCheck } from './cgroup.ts'
import type { Check } from './check.ts'
import { clockCheck } from './clock.ts'
import { contextsCheck } from './contexts.ts'
import { cpusCheck } from './cpus.ts'
import { diskCheck } from './disk.ts'
import { dnsCheck } from './dns.ts'
import { engineCheck } from './engine.ts'
import { enginesCheck } from './engines.ts'
import { hostsCheck } from './hosts.ts'
import { imagesCheck } from './images.ts'
import { inotifyCheck } from './inotify.ts'
import { kubeconfigCheck } from './kubeconfig.ts'
import { leftoversCheck } from './leftovers.ts'
import { memoryCheck } from './memory.ts'
import { nameCheck } from './name.ts'
import { namesCheck } from './names.ts'
import { networkCheck } from './network.ts'
import { portsCheck } from './ports.ts'
import { proxyCheck } from './proxy.ts'
import { registryCheck } from './registry.ts'
import { retiredCheck } from './retired.ts'
import { rootlessCheck } from './rootless.ts'
import { toolCheck } from './tool.ts'
import { wslCheck } from './wsl.ts'

/** What stops `up`, looked at before its questions. */
export const hostChecks: readonly Check[] = [
  engineCheck,
  rootlessCheck,
  toolCheck('kind'),
  toolCheck('helm'),
  nameCheck,
  portsCheck,
  registryCheck,
  kubeconfigCheck,
  diskCheck,
]

/** What `doctor` looks at. */
export const allChecks: readonly Check[] = [
  ...hostChecks,
  enginesCheck,
  toolCheck('kubectl'),
  cgroupCheck,
  cpusCheck,
  memoryCheck,
  inotifyCheck,
  clockCheck,
  dnsCheck,
  proxyCheck,
  caCheck,
  networkCheck,
  hostsCheck,
  namesCheck,
  wslCheck,
  imagesCheck,
  retiredCheck,
  leftoversCheck,
  contextsCheck,
]
