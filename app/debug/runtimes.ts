import type { Process } from './processes.ts'

export type RuntimeName = 'node' | 'python' | 'java' | 'go'

/** What was found in a container: a debugger that listens, or a runtime without one and what to change so that it has one. */
export type Runtime = {
  readonly name: RuntimeName
  readonly title: string
  readonly process: Process
  /** Where its debugger listens, inside of the pod. */
  readonly port?: number
  /** Sentences and lines for the image or the manifest. */
  readonly hints: readonly string[]
}

/**
 * Finds which runtime processes are of, by their programs and arguments. `variables`: of a JVM. They come in no order that says
 * anything, and what a debugger has started is beside it: one that listens goes first.
 */
export const runtimeOf = (processes: readonly Process[], variables: string): Runtime | undefined => {
  const all = processes.flatMap((process) => [java, python, go].flatMap((look) => look(process, variables) ?? []))
  const [first] = all
  const found = all.find(({ port }) => port !== undefined) ?? first
  if (!found || !isAdapter(found.process)) return found
  const application = all.find(({ name, process }) => name === 'python' && !isAdapter(process))
  return application ? { ...found, process: application.process } : found
}

/** debugpy's own process, which listens for a program that opened the debugger itself: `debugpy.listen`. */
const isAdapter = ({ words }: Process): boolean => words.some((word) => /debugpy[/\\]adapter$/.test(word))

type Look = (process: Process, variables: string) => Runtime | undefined

const programOf = ({ exe, words }: Process): string => (exe || (words[0] ?? '')).split('/').at(-1) ?? ''

const java: Look = (process, variables) => {
  if (programOf(process) !== 'java') return undefined
  const options = `${process.words.join(' ')} ${variables}`
  const port = portIn(/jdwp\S*?address=(?:[^\s,]*:)?(\d+)/.exec(options))
  return {
    name: 'java',
    title: 'A JVM',
    process,
    ...port,
    hints: [
      'A running JVM opens no debugger. In the manifest, as a variable of the container:',
      '{ name: JAVA_TOOL_OPTIONS, value: "-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=127.0.0.1:5005" }',
    ],
  }
}

const python: Look = (process) => {
  if (!/^python[\d.]*$/.test(programOf(process))) return undefined
  const text = process.words.join(' ')
  const port = portIn(
    isAdapter(process) ? / --port (\d+)/.exec(text) : /debugpy\S* .*?--listen (?:\S*:)?(\d+)/.exec(text),
  )
  const [, ...rest] = process.words
  return {
    name: 'python',
    title: 'Python',
    process,
    ...port,
    hints: [
      'A running Python opens no debugger. In the Dockerfile: RUN pip install debugpy',
      `And as its command: python -m debugpy --listen 127.0.0.1:5678 ${withoutProgram(rest)}`.trimEnd(),
    ],
  }
}

/** What stands behind debugpy: a script that a shebang started is named by its path already. */
const withoutProgram = (words: readonly string[]): string => words.filter((word) => word !== '-u').join(' ')

const go: Look = (process) => {
  const text = process.words.join(' ')
  if (programOf(process) === 'dlv') {
    const port = portIn(/(?:--listen|-l)[= ](?:\S*:)?(\d+)/.exec(text))
    return {
      name: 'go',
      title: 'Delve',
      process,
      ...port,
      hints: ['dlv listens where --listen says: --listen=127.0.0.1:40000 --headless --accept-multiclient'],
    }
  }
  if (!process.isGo) return undefined
  return {
    name: 'go',
    title: 'A Go program',
    process,
    hints: [
      'A running Go program opens no debugger. In the Dockerfile: RUN go install github.com/go-delve/delve/cmd/dlv@latest, and go build -gcflags="all=-N -l"',
      `And as its command: dlv exec ${process.exe || (process.words[0] ?? 'PROGRAM')} --headless --listen=127.0.0.1:40000 --accept-multiclient --continue`,
    ],
  }
}

const portIn = (found: RegExpExecArray | null): { readonly port?: number } =>
  found?.[1] === undefined ? {} : { port: Number(found[1]) }
