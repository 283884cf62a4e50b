import type { FileConfig } from '../schema/file.ts'
import { checkBuildSecrets } from './build-secrets.ts'
import { checkContainerdPatches } from './containerd-patches.ts'
import { checkExisting } from './existing.ts'
import { checkFiles } from './files.ts'
import { checkHostsFile } from './hosts-file.ts'
import { checkHostPorts } from './host-ports.ts'
import type { Checked } from './known.ts'
import { checkIngressControllers } from './ingress-controllers.ts'
import { checkNamedTwice } from './named-twice.ts'
import { checkNames } from './names.ts'
import { checkNeeds } from './needs.ts'
import { checkPlaceholders } from './placeholders.ts'
import { checkPlacement } from './placement.ts'
import { checkSecrets } from './secrets.ts'
import { checkTls } from './tls.ts'
import { checkFilled } from './filled.ts'
import { checkApplicationHomes } from './application-homes.ts'
import { checkGitOpsRoots } from './gitops-root.ts'

/** Everything that a schema cannot see: what names what, what takes what, and what is not there. */
export const checkConfig = async (file: FileConfig, checked: Checked): Promise<void> => {
  checkExisting(file, checked)
  checkHostsFile(checked)
  checkNames(checked)
  checkHostPorts(file, checked)
  checkIngressControllers(checked)
  checkContainerdPatches(checked)
  checkPlacement(checked)
  checkNeeds(checked)
  checkSecrets(checked)
  checkTls(checked)
  checkFilled(checked)
  checkPlaceholders(checked)
  checkApplicationHomes(checked)
  checkGitOpsRoots(checked)
  await checkBuildSecrets(checked)
  await checkFiles(checked)
  await checkNamedTwice(checked)
}
