import type { Config, ToolName } from '../../config/config.ts'
import type { Problem } from '../../core/problem.ts'
import { isNewEnough, oldest, pinned } from './versions.ts'

const tools: readonly ToolName[] = ['kind', 'kubectl', 'helm']

/** Versions that `tools` asks for and that are too old for what is done with them. */
export const oldToolProblems = (config: Pick<Config, 'tools' | 'at'>): readonly Problem[] =>
  tools.flatMap((name): readonly Problem[] => {
    const text = config.tools[name].replace(/^v/, '')
    if (!/^\d/.test(text) || isNewEnough(name, { text, patchKnown: true })) return []
    return [
      {
        severity: 'error',
        message: `tools.${name} is ${config.tools[name]}, and ${oldest[name]} is the oldest that works here.`,
        hint: `${name}: "${pinned[name]}" is what auto downloads.`,
        at: config.at(['tools', name]),
      },
    ]
  })
