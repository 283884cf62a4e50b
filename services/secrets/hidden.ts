import type { Config } from '../../config/config.ts'
import type { Data } from './data.ts'

/** Texts that are not to be printed, whoever says them: an application may write its password into a log that is shown. */
export type Hidden = {
  readonly texts: ReadonlySet<string>
  add(data: Data): void
  /** What things are called: a secret that is the same word, or a part of one, is none worth hiding, and would garble what is said. */
  except(names: Iterable<string>): void
}

/** Shorter ones stand in half of all sentences by chance. */
const shortest = 6
/** What every file of settings holds, and every second message. */
const common = ['default', 'localhost', '127.0.0.1', '0.0.0.0', 'cluster.local', 'service', 'secret', 'password']

export const makeHidden = (config: Config): Hidden => {
  const texts = new Set<string>()
  const names = new Set<string>()
  const isNamed = (text: string): boolean => [...names].some((name) => name.includes(text))
  const hide = (text: string): void => {
    if (text.length >= shortest && !/^\d{1,8}$/.test(text) && !isNamed(text)) texts.add(text)
  }
  const hidden: Hidden = {
    texts,
    add: (data) => {
      for (const bytes of data.values()) {
        const text = bytes.toString('utf8').trim()
        if (!Buffer.from(bytes.toString('utf8')).equals(bytes)) {
          hide(bytes.toString('base64'))
          continue
        }
        // A log shows one line of a key file and not the whole. A key alone (`server:`) is a word of many sentences.
        const lines = text.split('\n').map((line) => line.trim())
        for (const one of lines.length > 1 ? lines.filter((line) => !/^-----|^[\w.-]+:$/.test(line)) : [text]) hide(one)
        if (text.length >= shortest && texts.has(text)) hide(bytes.toString('base64'))
      }
    },
    except: (more) => {
      for (const name of more) names.add(name)
      for (const text of texts) if (isNamed(text)) texts.delete(text)
    },
  }
  hidden.except([
    ...common,
    config.name,
    ...config.environments.flatMap(({ name, namespace, vars }) => [name, namespace, ...Object.values(vars)]),
    ...config.services.flatMap(({ name, namespace, hosts }) => [name, namespace ?? '', ...hosts]),
    ...config.secrets.flatMap(({ key, namespaces }) => [key, ...namespaces]),
    ...config.addons.flatMap(({ name, namespace, host }) => [name, namespace ?? '', host ?? '']),
    ...config.images.flatMap(({ key, name }) => [key, name]),
  ])
  return hidden
}
