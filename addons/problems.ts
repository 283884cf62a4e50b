import type { AddonConfig, Config } from '../core/config/config.ts'
import type { Problem } from '../core/problem.ts'
import { namedNodes, nodesWith } from '../cluster/images/may-run.ts'
import type { AddOn } from './addon.ts'
import { misplaced } from './ingress-nginx/node.ts'

/** What is wrong with one section of `addons:` that the schema cannot know. */
export const problemsOf = (
  section: AddonConfig,
  addOn: AddOn | undefined,
  builtIn: readonly string[],
  config: Config,
): readonly Problem[] => {
  const problem = (key: string | undefined, message: string, hint?: string): Problem => ({
    message,
    at: config.at(['addons', section.name, ...(key === undefined ? [] : [key])]),
    step: `addon/${section.name}`,
    severity: 'error',
    ...(hint === undefined ? {} : { hint }),
  })
  const problems: Problem[] = []
  if (!addOn && section.chart === undefined)
    problems.push(
      problem(
        undefined,
        `There is no built-in add-on \`${section.name}\`, and it names no chart.`,
        `Built in are ${builtIn.join(', ')}. Any other: \`${section.name}: { chart: NAME, repo: https://…, version: … }\`.`,
      ),
    )
  if (section.host !== undefined && !addOn?.host)
    problems.push(
      problem(
        'host',
        `The add-on \`${section.name}\` does not take a host: where its chart wants one is not known.`,
        'Say it in the words of its chart, with `set` or `values`.',
      ),
    )
  if (section.placement) {
    const wrong = unplaceable(section, addOn, config)
    if (wrong !== undefined) problems.push(problem('placement', wrong))
  }
  return problems
}

const unplaceable = ({ placement = {} }: AddonConfig, addOn: AddOn | undefined, config: Config): string | undefined => {
  const nodes = namedNodes(config.name, config.cluster.nodes)
  if (nodesWith(placement, nodes).length > 0)
    return addOn?.name === 'ingress-nginx' ? misplaced(config, placement) : undefined
  const labels = Object.entries(placement).map(([key, value]) => `${key}=${value}`)
  return `No node of the file is labelled ${labels.join(', ')}.`
}
