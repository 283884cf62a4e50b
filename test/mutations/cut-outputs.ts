import { fieldsAt, listAt, textAt } from '../../core/fields.ts'
import { parseJson } from '../../core/whole-number.ts'
import { machine, type Machine } from '../support/stand-ins/machine.ts'
import type { Failure } from './plan-objects.ts'

const pod = `apiVersion: v1
kind: Pod
metadata: { name: NAME }
spec:
  containers: [{ name: a, image: busybox:1 }]
`
const said: Readonly<Record<string, string>> = {
  'helm version': 'v4.2.4+g0f2e5b2\n',
  'helm template': `---\n# Source: app/templates/a.yaml\n${pod.replace('NAME', 'charted')}`,
  'kubectl version':
    '{\n  "clientVersion": {\n    "major": "1",\n    "minor": "36",\n    "gitVersion": "v1.36.4"\n  },\n  "kustomizeVersion": "v5.7.1"\n}\n',
  'kubectl kustomize': pod.replace('NAME', 'built'),
}
const files: Readonly<Record<string, string>> = {
  'kindup.yaml': `name: demo
hosts: { file: ./hosts }
services:
  plain: { deploy: { manifests: [./pod.yaml] } }
`,
  'rendered.yaml': `name: demo
hosts: { file: ./hosts }
services:
  plain: { deploy: { manifests: [./pod.yaml] } }
  charted: { deploy: { helm: { chart: ./chart } } }
  built: { deploy: { kustomize: ./k8s } }
`,
  'pod.yaml': pod.replace('NAME', 'plain'),
  'chart/Chart.yaml': 'apiVersion: v2\nname: app\nversion: 1.0.0\n',
  'chart/templates/a.yaml': pod.replace('NAME', 'charted'),
  'k8s/kustomization.yaml': 'resources: [a.yaml]\n',
  'k8s/a.yaml': pod.replace('NAME', 'built'),
}

/** Those that take no time. */
export const quickCommands: readonly (readonly string[])[] = [
  ['plan', '--json'],
  ['plan', '--json', '--config', 'rendered.yaml', '--name', 'other'],
  ['status', '--json'],
  ['tools', '--json'],
]

const commands: readonly (readonly string[])[] = [
  ...quickCommands,
  ['list', '--json'],
  ['prune', '--dry-run', '--json'],
  ['doctor', '--json'],
  // Where the engine is believed to have no node, it waits for one.
  ['up', '--yes', '--json', '--timeout', '2s'],
]

/**
 * Has each program that these commands call end well after a part of what it writes, at every `step`th byte. Answers the runs that
 * ended in a defect, or in an error that does not name the program.
 */
export const cutOutputs = async (
  step: number,
  using = commands,
): Promise<{ readonly runs: number; readonly calls: readonly string[]; readonly failures: readonly Failure[] }> => {
  // They are answered by stand-ins; true runs in their place, and says nothing.
  await using at = await machine({ tools: { helm: '/bin/true', kubectl: '/bin/true' } })
  for (const [name, text] of Object.entries(files)) await at.write(name, text)
  // Before the answers, which it has to hear.
  const cutting = cutter(at)
  for (const [point, text] of Object.entries(said))
    at.at(point, (call) => {
      call.out(text)
      return undefined
    })
  const up = await at.kindup(['up', '--yes', '--json'])
  if (up.code !== 0) throw new Error(`the cluster could not be made:\n${up.stdout}${up.stderr}`)
  const failures: Failure[] = []
  const calls: string[] = []
  let runs = 0
  for (const command of using) {
    const lengths = await cutting.listen(() => at.kindup(command))
    calls.push(...lengths.map(([line]) => line))
    for (const [line, length] of lengths)
      for (let bytes = 0; bytes < length; bytes += step) {
        const { code, stdout, stderr } = await cutting.cut(line, bytes, () => at.kindup(command))
        runs += 1
        const wrong = faultOf(line.split(' ', 1)[0] ?? '', code, stdout, stderr, isWhole(line))
        if (wrong !== undefined)
          failures.push({
            seed: bytes,
            what: `${command.join(' ')}: ${line} after ${bytes} of ${length} bytes`,
            error: wrong,
          })
      }
  }
  return { runs, calls, failures }
}

/** Hears what each call writes, and ends one of them early. */
const cutter = (at: Machine) => {
  const lengths = new Map<string, number>()
  let limit: { readonly line: string; readonly bytes: number } | undefined
  at.at('', (call) => {
    const { out, line } = call
    let left = limit?.line === line ? limit.bytes : Number.POSITIVE_INFINITY
    let length = 0
    Object.assign(call, {
      out: (text: string) => {
        length += text.length
        lengths.set(line, length)
        const part = text.slice(0, left)
        left -= part.length
        if (part !== '') out(part)
      },
    })
    return undefined
  })
  return {
    listen: async (run: () => Promise<unknown>): Promise<readonly (readonly [string, number])[]> => {
      lengths.clear()
      await run()
      return [...lengths]
    },
    cut: async <T>(line: string, bytes: number, run: () => Promise<T>): Promise<T> => {
      limit = { line, bytes }
      return run().finally(() => (limit = undefined))
    },
  }
}

/** A list of nothing, of fewer or of a part of an id, by which the engine knows it, is a whole answer: nobody can tell. */
const isWhole = (line: string): boolean => line.startsWith('docker ') && line.includes(' --quiet')

const faultOf = (
  program: string,
  code: number | null,
  stdout: string,
  stderr: string,
  isWholeAnswer: boolean,
): string | undefined => {
  if (code === 70 || /^ {4}at /m.test(stderr)) return `${stderr}${stdout}`.slice(0, 900)
  const document = parseJson(stdout)
  const error = fieldsAt(document, 'error')
  if (Object.keys(error).length === 0 || isWholeAnswer) return undefined
  const words = [textAt(error, 'message'), ...listAt(error, 'hints'), JSON.stringify(listAt(error, 'problems'))].join(
    '\n',
  )
  return words.includes(program) ? undefined : `it does not name ${program}: ${words.slice(0, 400)}`
}
