import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnosis } from '../../cluster/diagnose/diagnosis.ts'
import type { LogText } from './page.ts'

/** Of one text in a page, in characters, and of all of them. What is left out stands in the folder. */
const bounds = { one: 60_000, all: 600_000 } as const

/** What a diagnosis has written of what is not ready: logs of containers, events, the commands that were run. No secret is in it. */
export const failureLogs = ({ folder }: Pick<Diagnosis, 'folder'>): readonly LogText[] => {
  const logs = globSync('not-ready/**/*.log', { cwd: folder }).toSorted()
  const others: readonly (readonly [file: string, name: string])[] = [
    ['cluster/events.txt', 'Events of the cluster'],
    ['cluster/objects.txt', 'Objects of the cluster'],
    ['commands.log', 'Commands that were run'],
  ]
  const all = [...logs.map((file) => [file, nameOf(file)] as const), ...others]
  let left: number = bounds.all
  return all.flatMap(([file, name], index) => {
    const text = read(join(folder, file)).trimEnd()
    if (text === '' || left <= 0) return []
    const shown = endOf(text, Math.min(bounds.one, left))
    left -= shown.length
    // The one of the likeliest is what is looked for.
    return [{ name, text: shown, ...(index === 0 && logs.length > 0 && { isOpen: true }) }]
  })
}

/** `not-ready/dev/pod-web-7d.app.log` → `dev/pod-web-7d, app` */
const nameOf = (file: string): string => {
  const [, place = file, container] = /^not-ready\/(.*?)(?:\.([^./]+))?\.log$/.exec(file.replaceAll('\\', '/')) ?? []
  return container === undefined ? `Log of ${place}` : `Log of ${place}, container ${container}`
}

const read = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    // A run that failed early has seen less.
    return ''
  }
}

/** What was said last tells most. */
const endOf = (text: string, most: number): string =>
  text.length <= most ? text : `[the beginning is left out]\n${text.slice(text.indexOf('\n', text.length - most) + 1)}`
