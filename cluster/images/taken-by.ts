import { Copy, type Instruction } from 'dockerfile-ast'
import { readChain, stagesOf, takes } from './copied.ts'
import { flagOf } from './dockerfile.ts'

/** Which files of the build context an image can hold: those that its stages copy, or the stages that it takes something from. */
export const takenBy = (
  dockerfile: string,
  args: Readonly<Record<string, string>>,
  target?: string,
): ((path: string) => boolean) => {
  const { stages, variables } = stagesOf(dockerfile, args)
  const called = (name: string): number =>
    /^\d+$/.test(name) ? Number(name) : stages.findIndex((stage) => stage.name !== '' && stage.name === name)
  const seen = new Set<number>()
  const visit = (index: number): void => {
    const stage = stages[index]
    if (stage === undefined || seen.has(index)) return
    seen.add(index)
    if (stage.base !== undefined) visit(stage.base)
    for (const from of stage.instructions.flatMap(fromOf)) visit(called(from.toLowerCase()))
  }
  visit(target === undefined ? stages.length - 1 : called(target.toLowerCase()))
  const instructions = [...seen].map((index) => stages[index]?.instructions ?? [])
  // A RUN can mount the context itself, or another stage.
  if (instructions.flat().some(isMounting)) return () => true
  const copies = instructions.flatMap((some) => readChain(some, args, variables))
  return (path) => copies.some((copy) => takes(copy, path))
}

const fromOf = (instruction: Instruction): readonly string[] =>
  instruction instanceof Copy ? [flagOf(instruction, 'from') ?? []].flat() : []

const isMounting = (instruction: Instruction): boolean =>
  instruction.getKeyword() === 'RUN' && /--mount=(?!type=(?:cache|secret|ssh|tmpfs))/.test(instruction.getTextContent())
