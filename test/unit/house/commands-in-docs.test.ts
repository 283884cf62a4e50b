import { describe, expect, test } from 'vitest'
import { codeIn, pages } from '../../support/pages.ts'
import { wrongCommand } from '../../support/parsed-command.ts'
import { simpleCommands } from '../../support/shell-words.ts'
import { commands } from '../../../scripts/commands.ts'

const all = pages()

describe('the words of a shell', () => {
  test.each([
    ['npx kindup up --yes   # why', [['npx', 'kindup', 'up', '--yes']]],
    [
      'A=1 B="x y" kindup up && kindup down; echo no # x',
      [
        ['kindup', 'up'],
        ['kindup', 'down'],
        ['echo', 'no'],
      ],
    ],
    ["kindup shell db -- sh -c 'a | b' > out.sql 2>err", [['kindup', 'shell', 'db', '--', 'sh', '-c', 'a | b']]],
    ['kindup up \\\n  --quiet', [['kindup', 'up', '--quiet']]],
    [
      'source <(kindup completion bash)',
      [
        ['kindup', 'completion', 'bash'],
        ['source', 'SUBSTITUTED'],
      ],
    ],
    [
      'helm list -q | head -n1',
      [
        ['helm', 'list', '-q'],
        ['head', '-n1'],
      ],
    ],
  ])('%j', (line, wanted) => {
    expect(simpleCommands(line)).toEqual(wanted)
  })
})

test.each([
  ['kindup up --wacth', /unknown option '--wacth'/],
  ['kindup upp', /no command upp/],
  ['kindup up --timeout soon', /It takes a time such as/],
  ['kindup image set web=1', /required option '-f, --file/],
  ['npm run up --watch', /before --/],
  ['npm run upp', /no script upp/],
  ['node scripts/upp.ts', /there is no/],
])('%s is not as it would have to be', async (line, why) => {
  const [words = []] = simpleCommands(line)
  expect(await wrongCommand(words)).toMatch(why)
})

test('every command that a page shows is one that the command line takes', async () => {
  const wrong: string[] = []
  let count = 0
  for (const { page, language, text, line } of all.flatMap(({ blocks }) => blocks)) {
    if (!['sh', 'bash', 'shell', 'console'].includes(language)) continue
    for (const words of simpleCommands(text)) {
      count += 1
      const why = await wrongCommand(placeholdersFilled(words))
      if (why !== undefined) wrong.push(`${page}:${line}: ${words.join(' ')}: ${why}`)
    }
  }
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(80)
})

test('every command in the prose has flags that there are', async () => {
  const wrong: string[] = []
  let count = 0
  for (const page of all)
    for (const { text, line } of codeIn(page)) {
      const [first = '', second = ''] = text.split(' ')
      const isCommand = /^(?:npx )?kindup \w/.test(text) || /^npm run \w/.test(text)
      if (!isCommand && !(Object.hasOwn(commands, first) && /^\[?--\w/.test(second))) continue
      for (const words of simpleCommands(isCommand ? text : `kindup ${text}`)) {
        count += 1
        const why = await wrongCommand(placeholdersFilled(words), false)
        if (why !== undefined) wrong.push(`${page.name}:${line}: ${text}: ${why}`)
      }
    }
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(150)
})

/** `[NAME…]` stands for a name. */
const placeholdersFilled = (words: readonly string[]): readonly string[] =>
  words
    .map((word) => word.replaceAll(/[[\]]/g, '').replace(/(?<=.)…$/, ''))
    .map((word) => (/^[A-Z]+$/.test(word) ? word.toLowerCase() : word))
    .filter((word) => word !== '' && word !== '…')
