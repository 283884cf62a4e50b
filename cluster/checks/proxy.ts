import { withoutLogin } from '../../core/mask/without-login.ts'
import { unlessRefused } from '../../core/errors.ts'
import type { Check, CheckDependencies } from './check.ts'

const variables = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const

export const proxyCheck: Check = {
  id: 'proxy',
  title: 'proxies leave the cluster alone',
  run: async (dependencies) => {
    const { env, hostNames = [] } = dependencies
    const set = variables.flatMap((name) => {
      const value = env[name] || env[name.toLowerCase()]
      return value ? [{ name, value }] : []
    })
    const daemons = await engineProxies(dependencies)
    if (set.length === 0)
      return {
        state: 'ok',
        evidence: daemons.length > 0 ? `the engine pulls through ${daemons.join(', ')}` : 'no proxy is set',
      }
    const evidence = set.map(({ name, value }) => `${name}=${withoutLogin(value)}`).join(', ')
    const wrong = set.find(({ value }) => !URL.canParse(value.includes('://') ? value : `http://${value}`))
    if (wrong)
      return {
        state: 'failed',
        cause: `${wrong.name} is no address: ${withoutLogin(wrong.value)}`,
        evidence,
        fix: `export ${wrong.name}=http://proxy.example:3128`,
      }
    const given = (env['NO_PROXY'] || env['no_proxy'] || '').split(',').map((entry) => entry.trim().toLowerCase())
    const missing = ['localhost', '127.0.0.1', ...hostNames].filter((host) => !isCovered(host, given))
    if (missing.length === 0) return { state: 'ok', evidence: `${evidence}; NO_PROXY has the cluster's names` }
    const all = [...given.filter((entry) => entry !== ''), ...missing]
    return {
      state: 'warning',
      cause: `NO_PROXY lacks ${missing.join(', ')}: programs ask the proxy for what is on this machine.`,
      evidence,
      fix: `export NO_PROXY='${all.join(',')}' no_proxy='${all.join(',')}'`,
    }
  },
}

const engineProxies = async ({ engine }: CheckDependencies): Promise<readonly string[]> => {
  return unlessRefused(async () => ((await (await engine()).info()).proxies ?? []).map(withoutLogin), [])
}

/** As curl, Go and Node read the list: `*`, a name, or the end of one, with a dot or without. */
const isCovered = (host: string, list: readonly string[]): boolean =>
  list.some((entry) => {
    if (entry === '*' || entry === host) return true
    if (host === '127.0.0.1' && /^127\.0\.0\.0\/8$/.test(entry)) return true
    const end = entry.replace(/^\*?\./, '')
    return end !== '' && !/^\d/.test(end) && host.endsWith(`.${end}`)
  })
