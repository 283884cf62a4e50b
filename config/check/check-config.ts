import { notBuiltYet } from '../not-built-yet.ts'
import { showPath } from '../path.ts'
import type { FileConfig } from '../schema/file.ts'
import { checkBuildSecrets } from './build-secrets.ts'
import { checkContainerdPatches } from './containerd-patches.ts'
import { checkExisting } from './existing.ts'
import { checkFiles } from './files.ts'
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
  for (const { path, what, instead } of notBuiltYet(file)) {
    checked.findings.error({ path, key: true, message: `${showPath(path)}: ${what} not built yet.`, hint: instead })
  }
  checkExisting(file, checked)
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
