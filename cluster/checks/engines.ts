import { EngineUnreachable } from '../engine/unreachable.ts'
import type { Check } from './check.ts'

/** Which engines there are beside the one that is taken. What a second one holds of the cluster is the name's check. */
export const enginesCheck: Check = {
  id: 'engines',
  title: 'which engines there are',
  run: async ({ others }) => {
    const asked = (await others?.()) ?? []
    const evidence = asked
      .map(({ engine, failure }) => `${engine.name}: ${failure ? whyNot(failure) : 'answers too'}`)
      .join('; ')
    // A program that nobody wants may be away; one that hangs makes every look at all engines slow.
    const slow = asked.find(
      ({ failure }) => failure instanceof EngineUnreachable && failure.troubles[0]?.kind === 'slow',
    )
    if (!slow) return { state: 'ok', evidence }
    return {
      state: 'warning',
      cause: `${slow.engine.name} is installed and hangs: \`down\` by name asks it too, and waits.`,
      evidence,
      fix: `Start or remove ${slow.engine.name}, or name the engine in the file: cluster: { engine: … }`,
    }
  },
}

const whyNot = (failure: Error): string =>
  failure instanceof EngineUnreachable ? (failure.troubles[0]?.cause ?? failure.message) : failure.message
