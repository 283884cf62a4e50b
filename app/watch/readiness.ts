import { hashOf } from '../../core/fingerprint.ts'
import type { Step } from '../../core/step.ts'
import type { StepResult } from '../../core/walk.ts'
import type { Environment } from '../environment.ts'

/** What this watch knows to be ready, so that a save of one thing asks nobody about the others. */
export type Readiness = {
  /** The steps, where those that are ready and made from the same as before say so without looking. What is to be looked at is forgotten until it is `done`. */
  settled(environment: Environment): readonly Step[]
  done(environment: Environment, results: readonly StepResult[]): void
  has(id: string): boolean
  /** Whether a step is known to be ready as it is now. */
  isSettled(step: Step, environment: Environment): boolean
  /** Everything is to be looked at again. */
  forget(): void
}

export const makeReadiness = (): Readiness => {
  const ready = new Map<string, string>()
  return {
    settled: (environment) => {
      const ids = new Set(environment.steps.map(({ id }) => id))
      // What the file lost is taken away: when it comes back it is made again.
      for (const id of ready.keys()) if (!ids.has(id)) ready.delete(id)
      return environment.steps.map((step) => {
        if (ready.get(step.id) === madeFrom(step, environment))
          return { ...step, status: () => Promise.resolve({ state: 'ready' }) }
        ready.delete(step.id)
        return step
      })
    },
    done: (environment, results) => {
      for (const { id } of results) {
        const step = environment.steps.find((one) => one.id === id)
        if (step) ready.set(id, madeFrom(step, environment))
      }
    },
    has: (id) => ready.has(id),
    isSettled: (step, environment) => ready.get(step.id) === madeFrom(step, environment),
    forget: () => ready.clear(),
  }
}

/** Another one when something that the environment is made from changed. */
export const hashOfEnvironment = (environment: Environment): string =>
  hashOf([
    environment.steps.map((step) => [step.id, step.needs ?? [], madeFrom(step, environment)]),
    // What stays as it is deployed, and whose files go into its containers.
    [...(environment.read?.held.values() ?? [])].map(({ key, inputs }) => [key, inputs]),
  ])

/** A step that tells nothing may be made from anything that the file says. */
const madeFrom = ({ inputs }: Step, { config }: Environment): string => inputs?.hash ?? hashOf(config)
