import { ConfigError } from './errors.ts'
import type { Step } from './step.ts'

/** The steps so that each stands behind what it needs; otherwise as they were given. Throws ConfigError on a cycle, a missing need, an id used twice. */
export const inOrder = (steps: readonly Step[]): Step[] => {
  const byId = new Map(steps.map((step) => [step.id, step]))
  if (byId.size < steps.length) {
    const twice = steps.find((step, index) => steps.findIndex(({ id }) => id === step.id) !== index)
    throw new ConfigError(`Two steps are both called ${twice?.id}.`, { hints: ['Give one of them another name.'] })
  }
  const ordered = new Map<string, Step>()
  const visit = (step: Step, path: readonly string[]): void => {
    if (ordered.has(step.id)) return
    if (path.includes(step.id)) {
      const circle = [...path.slice(path.indexOf(step.id)), step.id]
      throw new ConfigError(`These need each other: ${circle.join(' → ')}.`, {
        hints: ['Take one of these `needs` away.'],
      })
    }
    for (const need of step.needs ?? []) {
      const needed = byId.get(need)
      if (!needed) throw new ConfigError(`${step.id} needs ${need}, and the file has no such step.`)
      visit(needed, [...path, step.id])
    }
    ordered.set(step.id, step)
  }
  for (const step of steps) visit(step, [])
  return [...ordered.values()]
}

/** Every id that `ids` need, themselves included. */
export const withNeeds = (steps: readonly Step[], ids: Iterable<string>): Set<string> => {
  const byId = new Map(steps.map((step) => [step.id, step]))
  const all = new Set<string>()
  const add = (id: string): void => {
    if (all.has(id)) return
    all.add(id)
    byId.get(id)?.needs?.forEach(add)
  }
  for (const id of ids) add(id)
  return all
}
