import { idOf } from '../core/identity.ts'
import type { AddonConfig, Config } from '../config/config.ts'
import type { Problem } from '../core/problem.ts'
import type { AddOn } from './addon.ts'
import { builtinAddons } from '../config/builtin-addons.ts'
import { misplaced } from './ingress-node.ts'

/** What is wrong with one section of `addons:` that only the add-on itself can tell. */
export const problemsOf = (section: AddonConfig, addOn: AddOn | undefined, config: Config): readonly Problem[] => {
  const { name, host, placement } = section
  const problem = (key: string, message: string, hint?: string): Problem => ({
    message,
    at: config.at(['addons', name, key]),
    step: idOf({ kind: 'addon', name }),
    severity: 'error',
    ...(hint === undefined ? {} : { hint }),
  })
  const problems: Problem[] = []
  if (!addOn && section.chart === undefined)
    problems.push(problem('chart', `The add-on \`${name}\` names no chart, and none is built in under that name.`))
  if (host !== undefined && !addOn?.host)
    problems.push(
      problem(
        'host',
        `The add-on \`${name}\` does not take a host: where its chart wants one is not known.`,
        'Say it in the words of its chart, with `set` or `values`.',
      ),
    )
  const elsewhere = addOn && builtinAddons[name]?.ingress && placement ? misplaced(config, placement) : undefined
  if (elsewhere !== undefined)
    problems.push(
      problem(
        'placement',
        elsewhere,
        'Map its ports on the node that it is meant to run on, or take the placement away.',
      ),
    )
  return problems
}
