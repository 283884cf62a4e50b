import { allChecks } from '../checks/index.ts'
import { kindCauses } from '../kind/causes.ts'
import { logSigns } from '../ready/log-signs.ts'
import { schedulingSigns } from '../ready/pod-trouble.ts'
import { nodeSigns } from './causes/nodes.ts'

/** What `diagnose` and `up` know of what goes wrong, as a page: the same tables, so that page and product cannot part. */
export const troubleshootingPage = (): string =>
  [
    '# Troubleshooting',
    '',
    'Generated from the tables that kindup itself goes by (`npm run generate`): what it says, and what helps. `…` stands for what it finds.',
    '',
    '```sh',
    'kindup diagnose    # the likely cause first, and what to type',
    'kindup doctor      # what would stand in the way on this machine',
    'kindup status      # how each step stands',
    '```',
    '',
    'How a cause is found, and what the folder of `diagnose` holds: [say what keeps it from working](../how-to/diagnose.md).',
    '',
    '## The nodes do not come up',
    '',
    ...listOf(kindCauses.map(({ cause }) => cause(anything())).map(({ message, hints }) => [message, hints])),
    '',
    '## A node is not as it should be',
    '',
    ...listOf(nodeSigns.map(({ cause, hints }) => [`The node ${cause}.`, hints])),
    '',
    '## A pod finds no node',
    '',
    'By the words of the scheduler:',
    '',
    ...listOf(schedulingSigns.map(([sign, hint]) => [wordsOf(sign), [hint]])),
    '',
    '## A program ends, or is never ready',
    '',
    'By what stands in its log:',
    '',
    ...listOf(logSigns.map(({ why, hints }) => [sentence(why(anything())), hints])),
    '',
    '## What doctor looks at',
    '',
    ...allChecks.map(({ id, title }) => `- \`${id}\`: ${title}`),
    '',
  ].join('\n')

const listOf = (causes: readonly (readonly [what: string, hints: readonly string[]])[]): readonly string[] => {
  const whole = Map.groupBy(causes, ([what, hints]) => JSON.stringify([what, hints]))
  return [...whole.values()].flatMap(([[what, hints] = ['', []]]) => [
    `- **${escaped(what)}**`,
    ...hints.map((hint) => `  - ${asCommand(hint)}`),
  ])
}

/** A match whose every part is `…`. */
const anything = (): RegExpExecArray => {
  const parts: string[] = Array.from({ length: 12 }, () => '…')
  return Object.assign(parts, { 0: '…', index: 0, input: '' })
}

const asCommand = (hint: string): string => {
  const [, command, comment] = /^((?:kindup|kubectl|docker|podman|sudo) .*?)(?:\s{2,}#\s*(.*))?$/.exec(hint) ?? []
  if (command === undefined) return escaped(hint)
  return `\`${command}\`${comment === undefined ? '' : `: ${escaped(comment)}`}`
}

const wordsOf = (sign: RegExp): string =>
  sign.source
    .replaceAll('|', ', ')
    .replaceAll(/\(\?![^)]*\)/g, '')
    .replaceAll(/\(\?:([^)]*)\)/g, '$1')
    .replaceAll(/\\S\+/g, '…')
    .replaceAll('\\', '')

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** What stands in code stays; elsewhere nothing of it is markup. */
const escaped = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll(/[*_<>[\]]/g, String.raw`\$&`)))
    .join('')
