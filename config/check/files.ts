import { readFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { fillPlaceholders } from '../../core/placeholders.ts'
import { isAddress, pinOf } from '../../core/address.ts'
import { isPattern, matching } from '../../core/glob.ts'
import { shown as shownCommand } from '../../core/shown-command.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import type { SecretConfig, ServiceConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'
import { wantChart } from './chart.ts'
import { formsOf, isOpen } from './known.ts'
import { wantProgram } from './programs.ts'
import { kindOf, shown, want, type Kind } from './wanted.ts'

type Check = (checked: Checked) => Promise<unknown>
/** Files and folders that the configuration names and that are not there. */
export const checkFiles = async (checked: Checked): Promise<void> => {
  const { config } = checked
  const checks: Check[] = []
  const wants = (path: Path, file: string, kind: Kind, what: string): void => {
    checks.push((own) => want(path, file, kind, what, own))
  }
  for (const [index, file] of config.crds.entries()) wants(['crds', index], file, 'either', 'the file or folder')
  for (const addon of config.addons) {
    for (const [index, file] of addon.values.entries())
      wants(['addons', addon.name, 'values', index], file, 'file', 'the values file')
    const { chart } = addon
    if (chart !== undefined) checks.push((own) => wantChart(['addons', addon.name], { ...addon, chart }, own))
  }
  for (const { key, build } of config.images) {
    if (build !== undefined)
      checks.push((own) =>
        wantBuild(checked.sourceMap.written(['images', key, 'build']), build.context, build.file, own),
      )
  }
  for (const service of config.services) serviceFiles(service, checked, wants, checks)
  for (const secret of config.secrets) secretFiles(secret, checked, wants, checks)
  for (const [index, node] of config.cluster.nodes.entries()) {
    for (const [position, { hostPath }] of node.mounts.entries()) {
      const path = ['cluster', 'nodes', index, 'mounts', position]
      checks.push(async ({ findings }) => {
        if ((await kindOf(hostPath)) !== undefined) return
        const message = `${showPath(path)}: ${shown(hostPath, config.folder)} does not exist; the container engine makes an empty folder of it.`
        findings.warn({ path, message })
      })
    }
  }
  const told = await Promise.all(checks.map((check) => heard(check, checked)))
  for (const tell of told.flat()) tell()
}

/** What one check finds, to be told later: several at the same place stay in the order in which they are written. */
const heard = async (check: Check, checked: Checked): Promise<readonly (() => void)[]> => {
  const { findings } = checked
  const found: (() => void)[] = []
  await check({
    ...checked,
    findings: {
      ...findings,
      error: (finding) => void found.push(() => findings.error(finding)),
      warn: (finding) => void found.push(() => findings.warn(finding)),
    },
  })
  return found
}

const serviceFiles = (
  service: ServiceConfig,
  checked: Checked,
  wants: (path: Path, file: string, kind: Kind, what: string) => void,
  checks: Check[],
): void => {
  const { config } = checked
  const base: Path = ['services', service.name, 'deploy']
  const { deploy } = service
  for (const when of ['before', 'after'] as const)
    for (const [index, hook] of service.hooks[when].entries()) {
      const at: Path = ['services', service.name, 'hooks', when, index]
      wants([...at, 'in'], hook.in, 'folder', 'the folder')
      checks.push((own) => wantProgram(at, hook, own))
    }
  /** The text in each form of the service, without what still has placeholders. */
  const filled = (text: string): readonly string[] => [
    ...new Set(
      formsOf(service, config)
        .map(({ values }) => fillPlaceholders(text, values))
        .filter((path) => !isOpen(path)),
    ),
  ]
  if (service.gitops?.root !== undefined)
    wants(['services', service.name, 'gitops', 'root'], service.gitops.root, 'folder', 'the folder')
  if (deploy.kind === 'helm') {
    checks.push((own) => wantChart([...base, 'helm'], deploy.chart, own))
    for (const [index, text] of deploy.values.entries()) {
      for (const file of filled(text))
        wants([...base, 'helm', 'values', index], resolve(config.folder, file), 'file', 'the values file')
    }
  } else if (deploy.kind === 'manifests') {
    for (const [index, text] of deploy.paths.entries()) {
      for (const file of filled(text)) {
        const at = [...base, 'manifests', index]
        if (isAddress(file)) wantAddress(at, file, checked)
        else if (isPattern(resolve(config.folder, file))) checks.push((own) => wantMatch(at, file, own))
        else wants(at, resolve(config.folder, file), 'either', 'the file or folder')
      }
    }
  } else if (deploy.kind === 'kustomize') {
    for (const folder of filled(deploy.folder))
      checks.push((own) => wantKustomization([...base, 'kustomize'], resolve(config.folder, folder), own))
  }
}

/** A glob that matches nothing is a mistake, as a file that is not there is. */
const wantMatch = async (path: Path, glob: string, { config, findings }: Checked): Promise<void> => {
  const found = await matching(resolve(config.folder, glob))
  if (found.length > 0) return
  findings.error({
    path,
    message: `${showPath(path)}: nothing matches ${glob}.`,
    hint: '`*` is any text within one name, `**` any number of folders.',
  })
}

/** What comes without TLS anybody on the way can change: it has to be known before. */
const wantAddress = (path: Path, address: string, { findings }: Checked): void => {
  if (!URL.canParse(address))
    findings.error({ path, message: `${showPath(path)}: ${withoutLogin(address)} is no address.` })
  else if (address.startsWith('http:') && pinOf(address) === undefined)
    findings.error({
      path,
      message: `${showPath(path)}: what comes by http can be changed on the way.`,
      hint: 'Write https://, or add the digest of what is meant: …#sha256=HEX',
    })
}

const secretFiles = (
  { key, from }: SecretConfig,
  checked: Checked,
  wants: (path: Path, file: string, kind: Kind, what: string) => void,
  checks: Check[],
): void => {
  const base: Path = ['secrets', key, 'from']
  for (const file of from.sops) wants(checked.sourceMap.written([...base, 'sops']), file, 'file', 'the file')
  for (const file of Object.values(from.files)) wants([...base, 'files'], file, 'file', 'the file')
  const { envFile, template } = from
  if (template !== undefined) wants([...base, 'template'], template, 'file', 'the file')
  if (envFile !== undefined) checks.push((own) => wantEnvFile([...base, 'envFile'], envFile, template, own))
}

/** A file of secrets is in nobody's repository: where a template is, the first thing to do is to copy it. */
const wantEnvFile = async (path: Path, file: string, template: string | undefined, checked: Checked): Promise<void> => {
  const { findings, config } = checked
  const copies = template !== undefined && (await kindOf(file)) === undefined && (await kindOf(template)) === 'file'
  if (!copies) return void (await want(path, file, 'file', 'the file', checked))
  const [from, to] = [shown(template, config.folder), shown(file, config.folder)]
  findings.error({
    path,
    message: `${showPath(path)}: the file ${to} does not exist. Its template does.`,
    hint: `${shownCommand(
      'cp',
      [from, to].map((one) => one.replace(/^\.\//, '')),
    )}   # and fill in the values`,
  })
}

const wantBuild = async (path: Path, context: string, file: string, checked: Checked): Promise<void> => {
  if (!(await want(path, context, 'folder', 'the folder', checked))) return
  const { folder } = checked.config
  // The other place that the same words may mean.
  const inContext = join(context, relative(folder, file))
  const isOther = inContext !== file && !file.startsWith(join(context, '/'))
  if ((await kindOf(file)) === 'file') {
    if (isOther && (await differ(file, inContext)))
      checked.findings.warn({
        path,
        message: `${showPath(path)}: ${shown(file, folder)} is taken, and ${shown(inContext, folder)} is another file of that name.`,
        hint: `Paths start at the file's folder. If the one in the context is meant: file: ${shown(inContext, folder)}`,
      })
    return
  }
  checked.findings.error({
    path,
    message: `${showPath(path)}: there is no Dockerfile ${shown(file, folder)}${isOther ? `, and no ${shown(inContext, folder)} in the context` : ''}.`,
    hint: 'Name it: build: { context: DIR, file: ./path/to/Dockerfile }',
  })
}

/** Whether there is a second file that says something else. */
const differ = async (file: string, other: string): Promise<boolean> => {
  const [one, two] = await Promise.all([file, other].map((path) => readFile(path).catch(() => undefined)))
  return one !== undefined && two !== undefined && !one.equals(two)
}

const wantKustomization = async (path: Path, folder: string, checked: Checked): Promise<void> => {
  if (!(await want(path, folder, 'folder', 'the folder', checked))) return
  const names = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']
  const found = await Promise.all(names.map((name) => kindOf(join(folder, name))))
  if (found.includes('file')) return
  checked.findings.error({
    path,
    message: `${showPath(path)}: the folder ${shown(folder, checked.config.folder)} holds no kustomization.yaml.`,
  })
}
