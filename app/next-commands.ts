import type { UpReport } from './report.ts'

type Flags = { readonly config?: string | undefined; readonly name?: string | undefined }

/** What somebody types after `up`, in one line. Commands that have nothing to show yet are left out. */
export const nextCommands = ({ endpoints, steps }: Pick<UpReport, 'endpoints' | 'steps'>, flags: Flags): string => {
  const commands = [
    ...(endpoints.some(({ url }) => /^https?:/.test(url)) ? ['open'] : []),
    ...(steps.some(({ id }) => /^(?:service|addon)\//.test(id)) ? ['logs'] : []),
    'status --watch',
    'down',
  ]
  const also = [
    ...(flags.config === undefined ? [] : ['--config', flags.config]),
    ...(flags.name === undefined ? [] : ['--name', flags.name]),
  ]
  return `Next: ${commands.map((command) => `kindup ${command}`).join(' · ')}${also.length === 0 ? '' : `, each with ${also.join(' ')}`}`
}
