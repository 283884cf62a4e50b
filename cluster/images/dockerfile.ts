import { Copy, DockerfileParser, From, ModifiableInstruction, type Flag, type Instruction } from 'dockerfile-ast'

/** An image that a Dockerfile takes from, and the line that says so, from 1. */
export type TakenImage = { readonly reference: string; readonly line: number }

/**
 * What a Dockerfile takes from other images, in its order: FROM, `--from` of COPY, and mounts of RUN. Its stages are
 * none, nor are names that only the builder can fill in (TARGETARCH). Read as the builder reads it: what stands in a
 * heredoc is text.
 */
export const takenImages = (dockerfile: string, args: Readonly<Record<string, string>>): readonly TakenImage[] => {
  const variables: Record<string, string> = {}
  const stages = new Set<string>()
  const found: TakenImage[] = []
  let isInStage = false
  const take = (written: string | null | undefined, instruction: Instruction): void => {
    const reference = substituted(written ?? '', variables)
    // A number names a stage by its place; `scratch` is no image.
    if (reference === undefined || /^(?:|scratch|\d+)$/.test(reference) || stages.has(reference.toLowerCase())) return
    found.push({ reference, line: instruction.getRange().start.line + 1 })
  }
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const keyword = instruction.getKeyword()
    if (keyword === 'ARG' && !isInStage) Object.assign(variables, declared(instruction, args, variables))
    else if (instruction instanceof From) {
      isInStage = true
      take(instruction.getImage(), instruction)
      const stage = instruction.getBuildStage()
      if (stage !== null) stages.add(stage.toLowerCase())
    } else if (instruction instanceof Copy) {
      for (const flag of instruction.getFlags()) if (flag.getName() === 'from') take(flag.getValue(), instruction)
    } else if (keyword === 'RUN') for (const from of mountedFrom(instruction)) take(from, instruction)
  }
  return found
}

/** Names of the stages in their order, in lower case; empty where one has none. */
export const stageNames = (dockerfile: string): readonly string[] =>
  DockerfileParser.parse(dockerfile)
    .getInstructions()
    .flatMap((one) => (one instanceof From ? [(one.getBuildStage() ?? '').toLowerCase()] : []))

/** Names of all its ARGs, of whatever stage. */
export const declaredArgs = (dockerfile: string): readonly string[] => [
  ...new Set(
    DockerfileParser.parse(dockerfile)
      .getInstructions()
      .filter((one) => one.getKeyword() === 'ARG')
      .flatMap((one) => one.getArguments().map((argument) => argument.getValue().split('=', 1)[0] ?? '')),
  ),
]

/** Whether Docker's own frontend reads it, as a line `# syntax=` may change. */
export const isOfDocker = (dockerfile: string): boolean => {
  const [, syntax] = /^(?:\uFEFF?#[^\n]*\n)*?\uFEFF?#\s*syntax\s*=\s*(\S+)/i.exec(dockerfile) ?? []
  return syntax === undefined || /^(?:docker\.io\/)?docker\/dockerfile(?:-upstream)?(?:[:@]|$)/.test(syntax)
}

/** The references of these, each once. */
export const baseReferences = (dockerfile: string, args: Readonly<Record<string, string>>): readonly string[] => [
  ...new Set(takenImages(dockerfile, args).map(({ reference }) => reference)),
]

const mountedFrom = (instruction: Instruction): readonly string[] =>
  flagsOf(instruction)
    .filter((flag) => flag.getName() === 'mount')
    .flatMap((flag) => (flag.getValue() ?? '').split(','))
    .flatMap((option) => /^"?from=([^"]+)"?$/.exec(option)?.[1] ?? [])

/** The value of a flag such as `--from`; undefined without it. */
export const flagOf = (instruction: Instruction, name: string): string | undefined => {
  const flag = flagsOf(instruction).find((one) => one.getName() === name)
  return flag && (flag.getValue() ?? '')
}

const flagsOf = (instruction: Instruction): readonly Flag[] =>
  instruction instanceof ModifiableInstruction ? instruction.getFlags() : []

/** `ARG a b=1`: the value given to the build, or else the default. */
export const declared = (
  instruction: Instruction,
  args: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    instruction.getArguments().map((argument) => {
      const [name = '', ...value] = argument.getValue().split('=')
      return [name, args[name] ?? substituted(value.join('='), variables) ?? '']
    }),
  )

/** Filled in by the builder for each platform. */
const ofTheBuilder = /^(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)$/

/** Undefined where only the builder knows: a variable of its own, or a pattern that it applies (`${TAG%-*}`). */
export const substituted = (text: string, variables: Readonly<Record<string, string>>): string | undefined => {
  let isKnown = true
  const filled = text
    .replace(/^(["'])(.*)\1$/, '$2')
    .replaceAll(
      /\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^}]*))?\})/g,
      (_whole, bare: string | undefined, braced: string | undefined, operator?: string, word = '') => {
        const name = bare ?? braced ?? ''
        const value = variables[name] ?? ''
        if (ofTheBuilder.test(name) && value === '') isKnown = false
        if (operator?.endsWith('-')) return value === '' ? word : value
        if (operator?.endsWith('+')) return value === '' ? '' : word
        return value
      },
    )
  return isKnown && !filled.includes('$') ? filled : undefined
}
