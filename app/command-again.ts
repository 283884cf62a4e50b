import { shown } from '../core/shown-command.ts'
import type { App } from './app.ts'

/** The same command with more flags, as its user typed it: `npm run up -- --yes`, `npx kindup up --yes`. */
export const commandAgain = ({ argv, env }: Pick<App, 'argv' | 'env'>, ...more: readonly string[]): string => {
  const [name = '', ...flags] = argv
  // npm tells what it runs: a script of the package, or `npx`.
  const by = env['npm_lifecycle_event']
  if (by === name) return `npm run ${shown(name, ['--', ...flags, ...more])}`
  return `${by === 'npx' ? 'npx ' : ''}kindup ${shown(name, [...flags, ...more])}`
}
