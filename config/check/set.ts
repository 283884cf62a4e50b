import { setThrough } from '../parse/set-path.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

/** A value that `set` gives and another path of it goes through: helm ends there, and here one of the two would be lost. */
export const checkSet = ({ config, findings }: Checked): void => {
  const all: readonly { readonly path: Path; readonly set: Readonly<Record<string, unknown>> }[] = [
    ...config.addons.map(({ name, set }) => ({ path: ['addons', name, 'set'], set })),
    ...config.services.flatMap(({ name, deploy }) =>
      deploy.kind === 'helm' ? [{ path: ['services', name, 'deploy', 'helm', 'set'], set: deploy.set }] : [],
    ),
  ]
  for (const { path, set } of all)
    for (const one of setThrough(Object.keys(set)))
      findings.error({
        path: [...path, one.path],
        key: true,
        message: `${showPath(path)} gives ${one.through} a value, and ${one.path} goes through it.`,
        hint: 'Keep one of the two.',
      })
}
