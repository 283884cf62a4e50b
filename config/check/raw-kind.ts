import { isIP } from 'node:net'
import { parseAllDocuments } from 'yaml'
import { fieldsAt, mapsAt, numberAt, textAt, textListAt } from '../../core/fields.ts'
import { imageRefTrouble } from '../parse/image-ref.ts'
import { labelKeyTrouble, labelValueTrouble, nodeLabelTrouble } from '../parse/label.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

type Wrong = (path: Path, why: string, hint?: string, key?: true) => void

/** What kind refuses of its raw keys after their shape: names, subnets, patches, ports that two mappings of a node want. */
export const checkRawKind = ({ config, findings }: Checked): void => {
  const { kind } = config.cluster
  const wrong: Wrong = (path, why, hint, key) =>
    findings.error({
      path: ['cluster', 'kind', ...path],
      message: `${showPath(['cluster', 'kind', ...path])} ${why}.`,
      hint,
      ...(key === undefined ? {} : { key }),
    })
  const name = textAt(kind, 'name')
  if (name !== undefined && name !== config.name)
    wrong(
      ['name'],
      `is ${JSON.stringify(name)}, and the cluster is called ${config.name}`,
      'Take it away: the name of the file is that of the cluster.',
    )
  checkSubnets(kind, wrong)
  checkPatches(kind, [], wrong)
  for (const [index, node] of mapsAt(kind, 'nodes').entries()) {
    const image = textAt(node, 'image')
    const trouble = image === undefined ? undefined : imageRefTrouble(image)
    if (trouble !== undefined) wrong(['nodes', index, 'image'], `is ${JSON.stringify(image)}: ${trouble}`)
    checkPatches(node, ['nodes', index], wrong)
    checkMappings(node, ['nodes', index], wrong)
    for (const [key, value] of Object.entries(fieldsAt(node['labels']))) {
      const wrongKey = labelKeyTrouble(key) ?? nodeLabelTrouble(key)
      const why = wrongKey ?? labelValueTrouble(String(value))
      if (why !== undefined)
        wrong(
          ['nodes', index, 'labels', key],
          `cannot be: ${why}`,
          undefined,
          wrongKey === undefined ? undefined : true,
        )
    }
  }
}

const checkSubnets = (kind: Readonly<Record<string, unknown>>, wrong: Wrong): void => {
  const family = textAt(kind, 'networking', 'ipFamily') ?? 'ipv4'
  for (const key of ['podSubnet', 'serviceSubnet'] as const) {
    const written = textAt(kind, 'networking', key)
    if (written === undefined) continue
    const families = written.split(',').map(familyOf)
    const why = families.includes(undefined)
      ? 'that is no subnet in the form of 10.244.0.0/16'
      : family === 'dual'
        ? families.length > 2 || (families.length === 2 && families[0] === families[1])
          ? 'dual takes one subnet, or one of IPv4 and one of IPv6'
          : undefined
        : families.length > 1
          ? `${family} takes one subnet`
          : families[0] === family
            ? undefined
            : `ipFamily ${family} takes no subnet of ${families[0] === 'ipv4' ? 'IPv4' : 'IPv6'}`
    if (why !== undefined) wrong(['networking', key], `is ${JSON.stringify(written)}: ${why}`)
  }
}

const familyOf = (subnet: string): 'ipv4' | 'ipv6' | undefined => {
  const [, address = '', bits = ''] = /^(.*)\/(\d{1,3})$/.exec(subnet) ?? []
  const version = isIP(address)
  if (version === 0 || Number(bits) > (version === 4 ? 32 : 128)) return undefined
  return version === 4 ? 'ipv4' : 'ipv6'
}

/** kind reads a patch when the cluster is half made; one without `kind` matches nothing and is passed over. */
const checkPatches = (of: Readonly<Record<string, unknown>>, base: Path, wrong: Wrong): void => {
  for (const [index, patch] of textListAt(of, 'kubeadmConfigPatches').entries()) {
    const path = [...base, 'kubeadmConfigPatches', index]
    for (const document of parseAllDocuments(patch, { prettyErrors: false, logLevel: 'error' })) {
      const [error] = document.errors
      if (error) wrong(path, `is no YAML: ${error.message}`)
      else if (textAt(fieldsAt(document.toJS()), 'kind') === undefined)
        wrong(
          path,
          'says no kind, so that it would change nothing',
          'Begin it with what it changes: kind: ClusterConfiguration (or InitConfiguration, JoinConfiguration, KubeletConfiguration, KubeProxyConfiguration)',
        )
    }
  }
  for (const [key, patch] of [
    ...textListAt(of, 'containerdConfigPatchesJSON6902').map(
      (text, index) => [['containerdConfigPatchesJSON6902', index], text] as const,
    ),
    ...mapsAt(of, 'kubeadmConfigPatchesJSON6902').map(
      (one, index) => [['kubeadmConfigPatchesJSON6902', index, 'patch'], textAt(one, 'patch') ?? ''] as const,
    ),
  ]) {
    const [document] = [...parseAllDocuments(patch, { prettyErrors: false, logLevel: 'error' })]
    const value: unknown = document === undefined || document.errors.length > 0 ? undefined : document.toJS()
    if (!Array.isArray(value))
      wrong(
        [...base, ...key],
        'is no list of JSON 6902 operations',
        'For example: [{ "op": "add", "path": "/a", "value": 1 }]',
      )
  }
}

const checkMappings = (node: Readonly<Record<string, unknown>>, base: Path, wrong: Wrong): void => {
  const seen: { readonly port: string; readonly address: string }[] = []
  for (const [index, mapping] of mapsAt(node, 'extraPortMappings').entries()) {
    const hostPort = numberAt(mapping, 'hostPort') ?? 0
    if (hostPort < 1) continue
    const port = `${hostPort}/${(textAt(mapping, 'protocol') ?? 'tcp').toUpperCase()}`
    const written = textAt(mapping, 'listenAddress') ?? ''
    const address = written === '' || written === '::' ? '0.0.0.0' : written
    if (
      seen.some(
        (one) =>
          one.port === port && [one.address, address].some((each) => each === '0.0.0.0' || one.address === address),
      )
    )
      wrong([...base, 'extraPortMappings', index], `takes host port ${hostPort}, which a mapping before it takes`)
    seen.push({ port, address })
  }
}
