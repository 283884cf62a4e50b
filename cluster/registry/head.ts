import type { StepHead } from '../../core/lazy-step.ts'
import type { Served } from './served.ts'

/** What a plan shows of a registry. */
export const registryHead = ({ id, title }: Pick<Served, 'id' | 'title'>): StepHead => ({
  id,
  title,
  // Its nodes are there, all of them, before the API answers.
  needs: ['cluster/api'],
  dies: 'by-itself',
  prepares: true,
  tells: true,
})
