import type { Cause } from './find-causes.ts'
import { bounds, type DiagnosisFolder } from './folder.ts'

export type Seen = {
  readonly cluster: string
  readonly now: Date
  readonly causes: readonly Cause[]
  /** Why a run failed, where one did. */
  readonly failed?: string
  readonly unanswered: readonly string[]
}

/** What the files of a folder hold, by how they begin. */
const about: readonly (readonly [beginning: string, what: string])[] = [
  ['about.json', 'versions, the machine, how kindup was called'],
  ['plan.json', 'every step of the file: how it stands, or what came of it and how long it took'],
  ['kindup.yaml', 'the file as it was read'],
  ['settings.json', 'what was set beside it'],
  ['checks.json', 'what `kindup doctor` says of this machine'],
  ['commands.log', 'the commands that were run, and how long each took'],
  ['engine.json', 'the container engine and the containers of the cluster'],
  ['nodes/', 'the last lines of what each node logged: boot, kubelet, containerd'],
  ['cluster/objects.txt', 'everything that was asked for, a line each'],
  ['cluster/events.txt', 'all events, oldest first'],
  ['cluster/nodes.yaml', 'the nodes in full'],
  ['cluster/helm.txt', 'the revisions that helm remembers'],
  [
    'not-ready/',
    'in full what is not ready, with its events, and the logs of its containers, those of the run before first',
  ],
]

/** The page to begin with: the likely cause first. */
export const indexPage = (seen: Seen, files: DiagnosisFolder['files']): string => {
  const { cluster, now, causes, failed, unanswered } = seen
  const [first, ...others] = causes
  return [
    `# ${cluster}, looked at ${now.toISOString().slice(0, 19).replace('T', ' ')} UTC`,
    '',
    ...(first
      ? ['## Likely cause', '', ...causeLines(first)]
      : ['Nothing is known that would keep it from working.', '']),
    ...(others.length > 0 ? ['## Also seen', '', ...others.flatMap(causeLines)] : []),
    ...(failed === undefined ? [] : ['## What failed', '', ...failed.split('\n').map((line) => `    ${line}`), '']),
    ...(unanswered.length > 0 ? ['## What could not be asked', '', ...unanswered.map((line) => `- ${line}`), ''] : []),
    '## In this folder',
    '',
    ...about
      .filter(([beginning]) => files.some(({ name }) => name.startsWith(beginning)))
      .map(([beginning, what]) => `- \`${beginning}\`: ${what}`),
    '',
    `Values of Secrets, tokens and logins are hidden (\`***\`). A file has at most ${bounds.file / 1e6} MB, all together ${bounds.whole / 1e6} MB; what is longer is cut at its end, and says so.`,
  ].join('\n')
}

const causeLines = ({ about: things, cause, evidence, hints }: Cause): readonly string[] => [
  `**${things.slice(0, 5).join(', ')}${things.length > 5 ? ` and ${things.length - 5} more` : ''}**: ${cause}`,
  '',
  ...evidence.map((line) => `- seen: ${line.replaceAll('\n', ' ')}`),
  ...hints.map((hint) => `- → ${hint.replaceAll('\n', '\n  ')}`),
  '',
]
