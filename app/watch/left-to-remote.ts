import { isInside } from '../../core/paths.ts'
import type { Environment } from '../environment.ts'

type Read = Pick<Environment, 'deployables' | 'steps'>

/** The steps of a walk whose controller reads the git remote: a save alone changes nothing of them. */
const leftAmong = ({ deployables, steps }: Read): readonly { readonly id: string; readonly url: string }[] =>
  deployables.flatMap(({ id, delivery }) =>
    delivery?.remote && steps.some((step) => step.id === id) ? [{ id, url: delivery.remote.url }] : [],
  )

/** What a watch has to say of them before the first save; undefined where there are none. */
export const saysOfRemotes = (environment: Read): string | undefined => {
  const left = leftAmong(environment)
  if (left.length === 0) return undefined
  const urls = [...new Set(left.map(({ url }) => url))].join(', ')
  return `${listed(left)} ${left.length > 1 ? 'are' : 'is'} what ${urls} holds: what is saved counts there once it is pushed.`
}

/** What has to be said of saved files that such steps are made of; undefined where there are none. */
export const savedAlone = (environment: Read, paths: readonly string[]): string | undefined => {
  const left = leftAmong(environment).filter(({ id }) => {
    const files = environment.steps.find((step) => step.id === id)?.inputs?.files ?? []
    return files.some((input) => !isOfGit(input.path) && paths.some((path) => isInside(path, input.path)))
  })
  if (left.length === 0) return undefined
  return `That is saved here alone: ${listed(left)} will have it once it is committed and pushed.`
}

const isOfGit = (path: string): boolean => path.split(/[/\\]/).includes('.git')

const listed = (left: readonly { readonly id: string }[]): string => left.map(({ id }) => id).join(', ')
