import { nameHint } from '../../core/suggest.ts'
import type { SecretConfig } from '../config.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'
import { formsOf, serviceId } from './known.ts'

const label = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
/** What Kubernetes takes as a key of a Secret. */
const dataKey = /^[-._a-zA-Z0-9]{1,253}$/
/** A longer one is no password, and a Secret holds a megabyte. */
const longestRandom = 4096

/** Secrets that cannot be: keys and namespaces that Kubernetes refuses, copies of themselves, mounts that lead nowhere. */
export const checkSecrets = (checked: Checked): void => {
  for (const secret of checked.config.secrets) {
    checkNamespaces(secret, checked)
    checkSource(secret, checked)
    checkMount(secret, checked)
  }
  checkCircles(checked)
}

/** Copies of copies that never come to a Secret that something else makes. A copy of itself is said already. */
const checkCircles = ({ config: { secrets }, findings }: Checked): void => {
  const original = ({ from }: SecretConfig): SecretConfig | undefined => {
    const [namespace = '', name] = from.secret?.split('/') ?? []
    return secrets.find(({ key, namespaces }) => key === name && namespaces.includes(namespace))
  }
  const passed = new Set<SecretConfig>()
  for (const first of secrets) {
    const chain: SecretConfig[] = []
    for (let one: SecretConfig | undefined = first; one && !passed.has(one); one = original(one)) {
      passed.add(one)
      chain.push(one)
    }
    const again = original(chain.at(-1) ?? first)
    const circle = again && chain.includes(again) ? chain.slice(chain.indexOf(again)) : []
    if (circle.length < 2) continue
    const keys = [...circle, ...circle.slice(0, 1)].map(({ key }) => key)
    const path: Path = ['secrets', keys[0] ?? '', 'from', 'secret']
    findings.error({
      path,
      message: `${showPath(path)}: ${keys.join(' copies ')}, so nothing makes any of them.`,
      hint: 'Give one of them data of its own, or let it copy a Secret that something else makes.',
    })
  }
}

const checkNamespaces = ({ key, namespaces }: SecretConfig, { findings, sourceMap }: Checked): void => {
  const path: Path = ['secrets', key, 'namespaces']
  // Those of environments and services are checked where they stand.
  if (sourceMap.spot(path) === undefined) return
  if (namespaces.length === 0)
    findings.error({ path, message: `${showPath(path)} names no namespace, so the Secret would be nowhere.` })
  for (const namespace of namespaces) {
    if (namespace === 'kindup')
      findings.error({
        path,
        message: `${showPath(path)} names "kindup", the namespace of kindup's own records.`,
        hint: 'Choose another name.',
      })
    else if (!label.test(namespace) || namespace.length > 63)
      findings.error({
        path,
        message: `${showPath(path)}: a namespace cannot be called ${JSON.stringify(namespace)}: write lower-case letters, digits and dashes, with a letter or digit at both ends.`,
      })
  }
}

const checkSource = ({ key, from, namespaces }: SecretConfig, { findings }: Checked): void => {
  const path: Path = ['secrets', key, 'from']
  for (const source of ['literals', 'files', 'random'] as const)
    for (const name of Object.keys(from[source]))
      if (!dataKey.test(name))
        findings.error({
          path: [...path, source],
          message: `${showPath([...path, source])}: a Secret cannot have a key ${JSON.stringify(name)}: write letters, digits, "-", "_" and ".".`,
          hint: source === 'files' ? 'Give the file a key: files: { KEY: ./path }' : undefined,
        })
  for (const [name, length] of Object.entries(from.random))
    if (length > longestRandom)
      findings.error({
        path: [...path, 'random', name],
        message: `${showPath([...path, 'random', name])} is ${length}: ${longestRandom} characters are the most.`,
      })
  const [namespace = '', name = ''] = from.secret?.split('/') ?? []
  if (namespace === 'kindup')
    findings.error({
      path: [...path, 'secret'],
      message: `${showPath([...path, 'secret'])} is ${JSON.stringify(from.secret)}: the namespace kindup holds kindup's own records, which are not copied.`,
    })
  if (name === key && namespaces.includes(namespace))
    findings.error({
      path: [...path, 'secret'],
      message: `${showPath([...path, 'secret'])}: ${from.secret} would be a copy of itself.`,
      hint: `Say which namespaces get it, without ${namespace}: namespaces: [dev]`,
    })
}

const checkMount = ({ key, mount, namespaces }: SecretConfig, { config, findings, names }: Checked): void => {
  if (mount === undefined) return
  const base: Path = ['secrets', key, 'mount']
  const at: Path = [...base, 'path']
  if (!/^\/[^:]*[^:/][^:]*$/.test(mount.path) || mount.path.split('/').includes('..'))
    findings.error({
      path: at,
      message: `${showPath(at)} is ${JSON.stringify(mount.path)}: write an absolute path of a folder in the containers, without ":" and "..".`,
      hint: 'For example: path: /mnt/secrets',
    })
  for (const [index, name] of mount.services.entries()) {
    const path: Path = [...base, 'services', index]
    const service = config.services.find((one) => one.name === name)
    if (service === undefined) {
      // A service whose own section is broken is there all the same.
      if (names.services.includes(name)) continue
      findings.error({
        path,
        message: `${showPath(path)}: there is no service ${JSON.stringify(name)}.`,
        hint: nameHint(name, names.services, 'The file has no `services:`.'),
      })
      continue
    }
    for (const form of formsOf(service, config))
      if (!namespaces.includes(form.namespace))
        findings.error({
          path,
          message: `${showPath(path)}: ${serviceId(service, form)} is deployed to the namespace ${form.namespace}, and the Secret ${key} is in ${namespaces.join(', ')} only.`,
          hint: `Add it: namespaces: [${[...namespaces, form.namespace].join(', ')}]`,
        })
  }
}
