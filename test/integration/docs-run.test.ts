import { describe, expect, it } from 'vitest'
import { pages, type Page } from '../support/pages.ts'
import { simpleCommands } from '../support/shell-words.ts'
import { shop } from './shop.ts'

const all = pages().filter(({ name }) => /^(README|docs\/first-five-minutes|docs\/how-to\/.*)\.md$/.test(name))

/** `npx kindup up`, `kindup up` or `npm run up -- …`, as kindup's own words. */
const wordsOf = ([first, second, third = '', ...rest]: readonly string[]): readonly string[] | undefined => {
  if (first === 'npx' && second === 'kindup') return [third, ...rest]
  if (first === 'kindup' && second !== undefined) return [second, third, ...rest].filter((word) => word !== '')
  if (first === 'npm' && second === 'run' && rest[0] === '--') return [third, ...rest.slice(1)]
  return undefined
}

const commandsOf = ({ blocks }: Page): readonly (readonly string[])[] =>
  blocks
    .filter(({ language }) => ['sh', 'bash', 'shell', 'console'].includes(language))
    .flatMap(({ text }) => simpleCommands(text))
    .flatMap((words) => {
      const own = wordsOf(words)
      return own === undefined ? [] : [own]
    })

/** They go on until somebody stops them. */
const stays = ([command = '', ...rest]: readonly string[]): boolean =>
  ['ui', 'forward', 'debug', 'mcp'].includes(command) || rest.some((word) => ['--watch', '--follow'].includes(word))

/** They ask publishers and other machines, or programs of a node. */
const isFarAway = (words: readonly string[]): boolean =>
  ['bundle', 'snapshot'].includes(words[0] ?? '') || words.some((word) => /^(?:https:|github\.com)/.test(word))

describe('the commands of a page, typed one after the other where another environment is up', () => {
  it.each(all.map((page) => [page.name, page] as const))('%s', async (_name, page) => {
    await using at = await shop()
    await at.well('up', '--yes')
    const wrong: string[] = []
    for (const words of commandsOf(page)) {
      if (isFarAway(words)) continue
      const running = at.begin(words)
      if (stays(words)) running.kill('SIGINT')
      const { code, stdout, stderr } = await running.ended
      const said = `${stdout}${stderr}`
      // What the page calls web or db may not be here: then that is said, in words, and what to type.
      const isSound = [0, 1, 2, 3, 130].includes(code ?? -1) && !/\[object|undefined|NaN|^\s+at .*:\d+:\d+/m.test(said)
      if (!isSound || (code === 2 && !stderr.includes('→'))) wrong.push(`kindup ${words.join(' ')}: ${code}\n${said}`)
    }
    expect(wrong).toEqual([])
  })
})

it('the first five minutes go as their page says, from an empty folder to one', async () => {
  await using at = await shop()
  const page = all.find(({ name }) => name === 'docs/first-five-minutes.md')
  const typed = (page ? commandsOf(page) : []).map((words) => words.join(' '))
  expect(typed).toEqual(['init', 'plan', 'up', 'up --watch', 'logs web', 'shell web', 'open web', 'down'])
  const before = await at.read('hosts')
  const plan = await at.well('plan')
  expect(plan.stdout).toContain('7 of 7 steps would do something.')
  const up = await at.well('up', '--yes')
  expect(up.stdout).toMatch(/Endpoints\n[^]*Credentials\n/)
  expect((await at.well('up')).stdout).toContain('nothing was changed')
  const watch = at.begin(['up', '--watch'])
  await watch.shown('Ctrl-C')
  watch.kill('SIGINT')
  expect((await watch.ended).code).toBe(0)
  await at.well('logs', 'web')
  expect((await at.run('shell', 'web')).stderr).toContain('One of them is meant: web@dev')
  expect((await at.well('open', 'web@dev', '--print')).stdout).toContain('http://dev.web.test')
  await at.well('down')
  expect(await at.read('hosts')).toBe(before)
  expect((await at.well('down')).stdout).toContain('There was nothing of shop')
})
