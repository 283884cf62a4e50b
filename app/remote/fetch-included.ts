import { existsSync, statSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { codeNames, isCode } from '../../config/code/is-code.ts'
import type { RemoteAddress } from '../../config/remote-address.ts'
import { addressKey, type Fetched, type Refusal } from '../../config/source/fetched.ts'
import { ConfigError, EnvironmentError } from '../../core/errors.ts'
import { withoutLogin } from '../../core/mask/without-login.ts'
import { cacheFolder, isInside } from '../../core/paths.ts'
import type { App } from '../app.ts'
import { runOf } from '../run-of.ts'
import { fetchCommit, fileOf } from './fetch-remote.ts'

/** A file of a repository elsewhere that another file includes. `from`: that file. What cannot be had is answered, for its place to be said. */
export const fetchIncluded = (app: App, address: RemoteAddress, from: string): Promise<Fetched | Refusal> => {
  const cache = cacheFolder(app.env)
  if (isOfThisMachine(address) && isInside(from, join(cache, 'remote')))
    return Promise.resolve({
      message: `${withoutLogin(address.url)} is on this machine, and a configuration from elsewhere reads nothing of it`,
    })
  const key = addressKey(address)
  const known = app.elsewhere.fetched.get(key)
  if (known) return known
  const asked = fetched(app, address, cache)
  app.elsewhere.fetched.set(key, asked)
  return asked
}

const isOfThisMachine = ({ url }: RemoteAddress): boolean => /^(?:file:|http:)/i.test(url)

const fetched = async (app: App, address: RemoteAddress, cache: string): Promise<Fetched | Refusal> => {
  try {
    const checkout = await fetchCommit(address, cache, runOf(app))
    const { commit, folder } = checkout
    const file = fileOf(checkout)
    const near = relative(folder, file)
    const code = isCode(file) ? file : codeNames.map((name) => join(dirname(file), name)).find((one) => existsSync(one))
    if (!statSync(file, { throwIfNoEntry: false })?.isFile())
      return {
        message:
          code === undefined
            ? `there is no file ${near} in the repository at ${commit}`
            : `${relative(folder, code)} is a program, and programs of a repository elsewhere are not run`,
        hint: 'Behind // stands a folder with a kindup.yaml, or a file of YAML.',
      }
    if (isCode(file)) return { message: `${near} is a program, and programs of a repository elsewhere are not run` }
    app.elsewhere.commits.add(commit)
    return { ...checkout, file }
  } catch (error) {
    if (error instanceof ConfigError || error instanceof EnvironmentError)
      return { message: error.message, hint: error.hints[0] }
    throw error
  }
}
