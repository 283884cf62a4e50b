import { valueAt, textAt, textListAt, numberAt } from '../../core/fields.ts'

/** A process of a container. */
export type Process = {
  readonly exe: string
  readonly words: readonly string[]
  readonly cwd: string
  readonly isGo: boolean
}

/** Prints the processes of a container, a line each, and the variables that a JVM reads: all that a shell can tell. */
export const processScript =
  String.raw`
for d in /proc/[0-9]*; do
  p=$` +
  String.raw`{d#/proc/}
  [ "$p" = $$ ] && continue
  g=; grep -aqm1 'Go buildinf' $d/exe 2>/dev/null && g=go
  printf '%s\t%s\t%s\t' "$(readlink $d/exe 2>/dev/null)" "$(readlink $d/cwd 2>/dev/null)" "$g"
  tr '\0' '\037' < $d/cmdline 2>/dev/null
  echo
done
printf 'variables\t%s %s\n' "$JAVA_TOOL_OPTIONS" "$JDK_JAVA_OPTIONS"
`

/** Reads what the script printed. */
export const readProcesses = (text: string): { readonly processes: readonly Process[]; readonly variables: string } => {
  const processes: Process[] = []
  let variables = ''
  for (const line of text.split('\n')) {
    const [exe = '', cwd = '', go = '', words = ''] = line.split('\t')
    if (exe === 'variables') variables = cwd
    else if (words !== '')
      processes.push({ exe, cwd, isGo: go === 'go', words: words.split('\u001F').filter((word) => word !== '') })
  }
  return { processes, variables }
}

/** What the script of Node printed; undefined where it was something else. */
export type NodeAnswer = {
  readonly state: string
  readonly pid: number
  readonly words: readonly string[]
  readonly cwd: string
  readonly port: number
  readonly others: number
  readonly why: string
}

export const readNodeAnswer = (text: string): NodeAnswer | undefined => {
  try {
    const answer: unknown = JSON.parse(text.trim().split('\n').at(-1) ?? '')
    if (valueAt(answer, 'runtime') !== 'node') return undefined
    return {
      state: textAt(answer, 'state') ?? '',
      pid: numberAt(answer, 'pid') ?? 0,
      words: textListAt(answer, 'words'),
      cwd: textAt(answer, 'cwd') ?? '',
      port: numberAt(answer, 'port') ?? 0,
      others: numberAt(answer, 'others') ?? 0,
      why: textAt(answer, 'why') ?? '',
    }
  } catch {
    return undefined
  }
}
