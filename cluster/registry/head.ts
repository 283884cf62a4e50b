import type { StepHead } from '../../core/lazy-step.ts'
import type { Served } from './served.ts'

/** What a plan shows of a registry. */
export const registryHead = ({ id, of, title }: Pick<Served, 'id' | 'of' | 'title'>): StepHead => ({
  id,
  of,
  title,
  // Its nodes are there, all of them, before the API answers.
  needs: ['cluster/api'],
  dies: 'by-itself',
  prepares: true,
  tells: true,
})
