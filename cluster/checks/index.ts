import { cgroupCheck } from './cgroup.ts'
import type { Check } from './check.ts'
import { diskCheck } from './disk.ts'
import { engineCheck } from './engine.ts'
import { hostsCheck } from './hosts.ts'
import { inotifyCheck } from './inotify.ts'
import { kubeconfigCheck } from './kubeconfig.ts'
import { memoryCheck } from './memory.ts'
import { nameCheck } from './name.ts'
import { portsCheck } from './ports.ts'
import { toolCheck } from './tool.ts'

/** What stops `up`, looked at before its questions. */
export const hostChecks: readonly Check[] = [
  engineCheck,
  toolCheck('kind'),
  toolCheck('helm'),
  nameCheck,
  portsCheck,
  kubeconfigCheck,
  diskCheck,
]

/** What `doctor` looks at. */
export const allChecks: readonly Check[] = [
  ...hostChecks,
  toolCheck('kubectl'),
  cgroupCheck,
  memoryCheck,
  inotifyCheck,
  hostsCheck,
]
