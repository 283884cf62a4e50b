import { existsSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'

/** Hooks that no system could start: a whole command line as the name of a program, variables that cannot be called so. */
export const checkHooks = ({ config, findings }: Checked): void => {
  for (const service of config.services)
    for (const when of ['before', 'after'] as const)
      for (const [index, { run, in: folder, env }] of service.hooks[when].entries()) {
        const path = ['services', service.name, 'hooks', when, index]
        const [program = ''] = run
        if (/\s/.test(program.trim()) && !existsSync(resolve(folder, program)))
          findings.error({
            path: [...path, 'run', 0],
            message: `${showPath([...path, 'run', 0])} is ${JSON.stringify(program)}, and no program is called so: the program and each of its arguments are entries of their own.`,
            hint: /[|&;<>$`*]/.test(program)
              ? `It is for a shell: run: [sh, -c, ${JSON.stringify(program)}]`
              : `Write run: [${[...program.trim().split(/\s+/), ...run.slice(1)].map((word) => (/^[\w./-]+$/.test(word) ? word : JSON.stringify(word))).join(', ')}]`,
          })
        // Those after the first may run what one before them makes.
        else if (
          index === 0 &&
          when === 'before' &&
          /^\.{1,2}\//.test(program) &&
          !existsSync(resolve(folder, program))
        )
          findings.warn({
            path: [...path, 'run', 0],
            message: `${showPath([...path, 'run', 0])} is ${program}, and there is no such file in ${relative(config.folder, folder) || 'the folder of the file'}.`,
          })
        for (const name of Object.keys(env))
          if (name.includes('='))
            findings.error({
              path: [...path, 'env', name],
              key: true,
              message: `${showPath([...path, 'env'])}: no variable is called ${JSON.stringify(name)}.`,
              hint: 'Write its name as the key, and its value behind it.',
            })
      }
}
