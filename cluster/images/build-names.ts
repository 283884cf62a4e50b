import { readFile } from 'node:fs/promises'
import type { BuildConfig, Config } from '../../config/config.ts'
import { idOf } from '../../core/identity.ts'
import type { Problem } from '../../core/problem.ts'
import { nameHint, nearest } from '../../core/suggest.ts'
import { pathOf } from './resolve.ts'

/** What `build` names and the Dockerfile does not have: a stage fails the build, the rest is ignored by the builder. */
export const buildProblems = async (config: Config): Promise<readonly Problem[]> => {
  const found = await Promise.all(
    config.images.map(async ({ key, build, ref = '' }): Promise<readonly Problem[]> => {
      if (!build || ref !== '' || !namesAny(build)) return []
      const dockerfile = await readFile(build.file, 'utf8').catch(() => undefined)
      if (dockerfile === undefined) return []
      const lacking = await lackingIn(dockerfile, build)
      return lacking.map(({ part, ...rest }) => ({
        ...rest,
        step: idOf({ kind: 'image', name: key }),
        at: config.at([...pathOf(config, key), 'build', ...part]),
      }))
    }),
  )
  return found.flat()
}

type Lacking = Pick<Problem, 'message' | 'severity' | 'hint'> & { readonly part: readonly string[] }

const namesAny = ({ target, args, secrets = [], ssh }: BuildConfig): boolean =>
  target !== undefined || Object.keys(args).length > 0 || secrets.length > 0 || ssh === true

const lackingIn = async (dockerfile: string, build: BuildConfig): Promise<readonly Lacking[]> => {
  const { declaredArgs, isOfDocker, stageNames } = await import('./dockerfile.ts')
  // Another frontend may read it in its own way.
  if (!isOfDocker(dockerfile)) return []
  const { target, args, secrets = [], ssh } = build
  const stages = stageNames(dockerfile)
  const declared = declaredArgs(dockerfile)
  const isStage = target === undefined || stages.includes(target.toLowerCase()) || isIndex(target, stages.length)
  return [
    ...(isStage ? [] : [noStage(target, stages.filter(Boolean), build)]),
    ...Object.keys(args)
      .filter((name) => !declared.includes(name) && !predefined.test(name))
      .map((name) => noArgument(name, declared, build)),
    ...secrets
      .filter(({ id }) => !dockerfile.includes(id))
      .map(({ id }) =>
        ignored(['secrets', id], `no RUN of ${build.file} mounts the secret ${id}, so that nothing reads it`),
      ),
    ...(ssh === true && !/type=ssh\b/.test(dockerfile)
      ? [ignored(['ssh'], `no RUN of ${build.file} has --mount=type=ssh, so that nothing uses the keys`)]
      : []),
  ]
}

/** What the builder takes without an ARG. */
const predefined =
  /^(?:(?:https?|ftp|all|no)_proxy|BUILDKIT_.*|SOURCE_DATE_EPOCH|(?:TARGET|BUILD)(?:PLATFORM|OS|OSVERSION|ARCH|VARIANT))$/i

const isIndex = (target: string, count: number): boolean => /^\d+$/.test(target) && Number(target) < count

const noStage = (target: string, stages: readonly string[], { file }: BuildConfig): Lacking => {
  const hint = nameHint(target, stages, 'Its stages have no names: FROM … AS NAME')
  return { severity: 'error', part: ['target'], message: `There is no stage ${target} in ${file}.`, hint }
}

const noArgument = (name: string, declared: readonly string[], { file }: BuildConfig): Lacking => {
  const near = nearest(name, declared)
  return {
    ...ignored(['args', name], `${file} has no ARG ${name}, so that the build ignores it`),
    ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
  }
}

const ignored = (part: readonly string[], why: string): Lacking => ({
  severity: 'warning',
  part,
  message: `${why.charAt(0).toUpperCase()}${why.slice(1)}.`,
})
