import type { File, FoundApplication, FoundTool } from '../found.ts'
import { folderOf, fromFolder, nameOf } from '../paths.ts'
import { textOf } from '../read-yaml.ts'
import { imageAt } from './image-at.ts'
import { readCalls, type StarlarkCall, type StarlarkValue } from './starlark.ts'

/** Whether a file is one of Tilt's. */
export const isTiltfile = ({ path }: File): boolean => /^(?:Tiltfile|.+\.[Tt]iltfile|Tiltfile\..+)$/.test(nameOf(path))

const functions = [
  'docker_build',
  'k8s_yaml',
  'helm',
  'helm_resource',
  'k8s_resource',
  'custom_build',
  'local_resource',
  'load',
  'include',
  'docker_compose',
  'docker_build_with_restart',
]

/** What a Tiltfile says in so many words: it is a program, and nothing of it is run. */
export const readTiltfile = (
  file: File,
  { files, charts }: { readonly files: readonly File[]; readonly charts: ReadonlySet<string> },
): FoundTool => {
  const folder = folderOf(file.path)
  const left: string[] = []
  const images: FoundTool['images'][number][] = []
  const applications: FoundApplication[] = []
  const release = (call: StarlarkCall, path: StarlarkValue, called: StarlarkValue): void => {
    const chart = typeof path === 'string' ? fromFolder(folder, path) : undefined
    if (chart === undefined || !charts.has(chart)) {
      left.push(`the chart of line ${call.line}${typeof path === 'string' ? `, ${path},` : ''} is not here`)
      return
    }
    const name = typeof called === 'string' ? called : nameOf(chart)
    const namespace = call.named['namespace']
    const values = call.named['values']
    applications.push({
      file: file.path,
      name,
      namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
      chart,
      values: listOf(values)
        .map((one) => fromFolder(folder, one))
        .filter((one) => files.some(({ path: known }) => known === one) && one !== `${chart}/values.yaml`),
      release: name,
    })
    if (call.named['set'] !== undefined || 'set' in call.named)
      left.push(`values that line ${call.line} sets one by one: they belong under set`)
  }
  for (const call of readCalls(textOf(file), functions)) {
    const [first, second] = call.positional
    switch (call.name) {
      case 'docker_build':
      case 'docker_build_with_restart': {
        const reference = call.named['ref'] ?? first
        const context = call.named['context'] ?? second
        const dockerfile = call.named['dockerfile']
        const image =
          typeof reference === 'string' && typeof context === 'string' && !('dockerfile_contents' in call.named)
            ? imageAt(
                folder,
                {
                  reference,
                  context,
                  dockerfile: typeof dockerfile === 'string' ? dockerfile : undefined,
                  target: typeof call.named['target'] === 'string' ? call.named['target'] : undefined,
                  args: dictOf(call.named['build_args']),
                },
                files,
                { isBelow: false },
              )
            : undefined
        if (image) {
          images.push(image)
          if ('build_args' in call.named && dictOf(call.named['build_args']) === undefined)
            left.push(
              `build_args of line ${call.line}, which are worked out when it runs: args of its build takes them`,
            )
        } else
          left.push(
            `the image of line ${call.line}: its name, folder or Dockerfile is worked out when it runs, or is not here`,
          )
        break
      }
      case 'k8s_yaml':
        if (isCall(first) && first.name === 'helm') release(first, first.positional[0], first.named['name'])
        break
      case 'helm_resource':
        release(
          { ...call, named: { ...call.named, values: undefined } },
          call.named['chart'] ?? second,
          call.named['name'] ?? first,
        )
        if ('flags' in call.named)
          left.push(`flags of helm in line ${call.line}: values belong into a values file, or under set`)
        break
      case 'k8s_resource': {
        const ports = call.named['port_forwards']
        if ('port_forwards' in call.named)
          left.push(
            `ports that it forwards: \`kindup forward ${typeof first === 'string' ? first : 'NAME'} ${listOf(ports)[0] ?? 'PORT'}\``,
          )
        break
      }
      case 'custom_build':
      case 'local_resource':
        left.push(`${call.name} of line ${call.line}: a hook of a service takes commands`)
        break
      case 'docker_compose':
        left.push(`docker_compose of line ${call.line}`)
        break
      case 'include':
      case 'load':
        if (typeof first !== 'string' || !first.startsWith('ext://'))
          left.push(`${typeof first === 'string' ? first : 'another file'}, which line ${call.line} includes`)
        break
      default:
    }
  }
  return { tool: 'Tilt', file: file.path, images, applications, remote: [], left: [...new Set(left)] }
}

const isCall = (value: StarlarkValue): value is StarlarkCall =>
  typeof value === 'object' && !Array.isArray(value) && 'positional' in value

const dictOf = (value: StarlarkValue): Readonly<Record<string, string>> | undefined =>
  typeof value === 'object' && 'entries' in value && typeof value.entries === 'object' ? value.entries : undefined

const listOf = (value: StarlarkValue): readonly string[] =>
  typeof value === 'string' ? [value] : Array.isArray(value) ? value.filter((one) => typeof one === 'string') : []
