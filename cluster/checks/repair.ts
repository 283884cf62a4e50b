import { shown } from '../../core/shown-command.ts'

/** What `doctor --fix` may do about what a check found: shown, agreed to, and then done step by step. */
export type Repair = {
  /** As it stands in a question: `start Docker`. */
  readonly title: string
  readonly steps: readonly RepairStep[]
  /** What only the user can do afterwards. */
  readonly afterwards?: string
  /** A group that the user is in from the next login on; `sg GROUP -c COMMAND` goes on at once. */
  readonly newGroup?: string
}

export type RepairStep =
  | {
      readonly command: readonly [string, ...string[]]
      /** Through sudo, unless root runs it. */
      readonly asRoot?: boolean
      /** For its standard input. */
      readonly input?: string
    }
  | {
      /** What it does, in words. */
      readonly says: string
      readonly run: (signal: AbortSignal) => Promise<void>
    }

/** A step as it is shown before it runs: what can be pasted, or words. */
export const shownStep = (step: RepairStep, isRoot: boolean): string => {
  if ('says' in step) return step.says
  const [program, ...args] = step.asRoot && !isRoot ? ['sudo', ...step.command] : step.command
  const command = shown(program ?? '', args)
  return step.input === undefined ? command : `printf '${step.input.replaceAll('\n', String.raw`\n`)}' | ${command}`
}

/** Writes kernel settings into a file of ours that outlives the next boot, and makes them so now. */
export const sysctlSteps = (
  file: string,
  settings: Readonly<Record<string, number>>,
): readonly [RepairStep, RepairStep] => [
  {
    command: ['tee', file],
    asRoot: true,
    input: Object.entries(settings)
      .map(([name, value]) => `${name} = ${value}\n`)
      .join(''),
  },
  { command: ['sysctl', '-p', file], asRoot: true },
]
