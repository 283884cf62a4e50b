import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync } from 'node:fs'
import { relative } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { builtKindup } from '../support/built.ts'
import { sayMissing } from '../support/real-tools.ts'
import { sandbox, type Sandbox } from '../support/sandbox.ts'
import type { Program } from '../support/stand-ins/call.ts'
import { standInPrograms, type StandInPrograms } from '../support/stand-ins/programs.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))

const isThere = (shell: string): boolean => {
  try {
    execFileSync(shell, ['-c', 'true'])
    return true
  } catch {
    sayMissing(shell, `no ${shell} on this machine; its completion is not tried.`)
    return false
  }
}

const untold: string[] = []
/** `kindup` without a process of its own, in the folder of the shell that calls it. */
const answer: Program = async ({ args, environment, out, err }) => {
  const [, folder = ''] = /\bPWD=["']?([^"'\n]+)/.exec(await environment()) ?? []
  const { code, stdout, stderr } = await at.kindup(args, {}, relative(at.folder, folder))
  out(stdout)
  err(stderr)
  return code ?? 1
}

let at: Sandbox
let programs: StandInPrograms
beforeAll(async () => {
  at = await sandbox()
  // As it is published; and one that answers from this process, for the shells that ask once for each of many lines.
  await at.write('published/kindup', `#!/bin/sh\nexec ${process.execPath} ${builtKindup()} "$@"\n`, 0o755)
  mkdirSync(at.path('bin'))
  programs = standInPrograms(at.path('calls'), answer, (message) => untold.push(message))
  await programs.put(at.path('bin', 'kindup'), 'kindup')
  programs.listen()
  await at.write(
    'work/kindup.yaml',
    'name: shop\nenvironments: { dev: {}, prod: {} }\nimages: { web: { build: ./web } }\nservices: { api: {} }\n',
  )
  await at.write('work/two words.yaml', '')
  mkdirSync(at.path('work/some'))
  mkdirSync(at.path('project/node_modules/.bin'), { recursive: true })
  symlinkSync(at.path('published/kindup'), at.path('project/node_modules/.bin/kindup'))
  await at.write('project/kindup.yaml', 'name: project\nenvironments: { other: {} }\n')
  // Printed once for all lines that are completed, and by a process of its own where that is what is tried.
  await at.write('completion.bash', (await at.kindup(['completion', 'bash'])).stdout)
})
afterAll(async () => {
  await programs[Symbol.asyncDispose]()
  await at[Symbol.asyncDispose]()
  if (untold.length > 0) throw new Error(untold.join('\n'))
})

const env = (place: string) => ({
  ...process.env,
  HOME: at.path('home'),
  KINDUP_CACHE: at.path('cache'),
  PATH: `${at.path(place)}:${process.env['PATH']}`,
  TERM: 'dumb',
})

/** What a shell prints that runs a program of its own language in the folder with the file. */
const said = async (shell: string, args: readonly string[], folder = 'work', place = 'bin'): Promise<string> =>
  (await promisify(execFile)(shell, args, { cwd: at.path(folder), env: env(place) })).stdout

describe('kindup completion', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s and nothing else', async (shell) => {
    const { code, stdout, stderr } = await at.kindup(['completion', shell])
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^#/)
  })

  it('wants a shell that it knows', async () => {
    expect((await at.kindup(['completion'])).code).toBe(2)
    const { code, stderr } = await at.kindup(['completion', 'tcsh'])
    expect(code).toBe(2)
    expect(stderr).toContain('bash, zsh, fish')
  })

  it('answers with nothing where something is wrong, and shows its question in no help', async () => {
    await at.write('broken/kindup.yaml', 'name: [')
    expect(await at.kindup(['__complete', '--', 'up', '--env', ''], {}, 'broken')).toEqual({
      code: 0,
      stdout: ':values\n',
      stderr: '',
    })
    expect((await at.kindup(['__complete'])).code).toBe(0)
    expect((await at.kindup(['--help'])).stdout).not.toContain('__complete')
  })

  it.each([
    [['undeploy', ''], ['api']],
    [['undeploy', 'api', '--env', 'p'], ['prod']],
    [['rollback', ''], ['api']],
  ])('offers services and environments: %j', async (words, values) => {
    const { stdout } = await at.kindup(['__complete', '--', ...words], {}, 'work')
    const offered = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0])
    expect(offered).toEqual([':values', ...values])
  })

  it('offers the steps that plan has', async () => {
    const from = ['--config', repository]
    const plan = await at.kindup(['plan', '--json', ...from])
    const steps = (JSON.parse(plan.stdout) as { steps: { id: string }[] }).steps.map(({ id }) => id)
    const { stdout } = await at.kindup(['__complete', '--', 'up', ...from, '--only', ''])
    const offered = stdout.split('\n').flatMap((line) => line.split('\t')[0] ?? [])
    expect(offered.filter((id) => id !== '' && !id.startsWith(':') && !id.includes('*')).toSorted()).toEqual(
      steps.toSorted(),
    )
  })
})

describe.skipIf(!isThere('bash'))('in bash', () => {
  /** Words as bash takes them apart, and the line that they are of. */
  const reply = async (line: string, words: readonly string[], folder?: string): Promise<readonly string[]> => {
    const program = [
      `source '${at.path('completion.bash')}'`,
      'COMP_LINE=$1 COMP_POINT=${#1}; shift',
      'COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))',
      'compopt() { :; }',
      '[[ $1 == npx ]] && _kindup_npx || _kindup',
      'printf "%s\\n" "${COMPREPLY[@]}"',
    ]
    const printed = await said('bash', ['-uc', program.join('\n'), 'bash', line, ...words], folder)
    return printed.trim().split('\n')
  }

  it.each([
    ['kindup pl', ['kindup', 'pl'], ['plan']],
    ['kindup up --en', ['kindup', 'up', '--en'], ['--env']],
    ['kindup up --env ', ['kindup', 'up', '--env', ''], ['dev', 'prod']],
    // Bash divides words at = and @, and replaces what stands behind the one and from the other on.
    ['kindup up --env=p', ['kindup', 'up', '--env', '=', 'p'], ['prod']],
    ['kindup up --env=', ['kindup', 'up', '--env', '='], ['dev', 'prod']],
    ['kindup up --only service/api@', ['kindup', 'up', '--only', 'service/api', '@'], ['@dev', '@prod']],
    ['kindup up --only service/api@p', ['kindup', 'up', '--only', 'service/api', '@', 'p'], ['@prod']],
    ['kindup up --image w', ['kindup', 'up', '--image', 'w'], ['web=']],
    ['kindup up --config=k', ['kindup', 'up', '--config', '=', 'k'], ['kindup.yaml']],
    ['kindup up --config two', ['kindup', 'up', '--config', 'two'], ['two words.yaml']],
    ['kindup init --dir ', ['kindup', 'init', '--dir', ''], ['some']],
    ["kindup up --only 'cluster/a", ['kindup', 'up', '--only', "'cluster/a"], ['cluster/api']],
    ['kindup up --only "service/api@d', ['kindup', 'up', '--only', '"service/api@d'], ['service/api@dev']],
    ['kindup up --only="service/api@d', ['kindup', 'up', '--only', '=', '"service/api@d'], ['service/api@dev']],
    [String.raw`kindup up --only service/\*@d`, ['kindup', 'up', '--only', String.raw`service/\*`, '@', 'd'], ['@dev']],
    [
      'kindup up --only service/',
      ['kindup', 'up', '--only', 'service/'],
      [
        'service/api@dev',
        'service/api@prod',
        String.raw`service/\*`,
        String.raw`service/\*@dev`,
        String.raw`service/\*@prod`,
      ],
    ],
    ['kindup nonsense ', ['kindup', 'nonsense', ''], ['']],
  ])('%s', async (line, words, expected) => expect(await reply(line, words)).toEqual(expected))

  it('npx kindup, with the project’s own', async () => {
    expect(await reply('npx kindup up --env ', ['npx', 'kindup', 'up', '--env', ''], 'project')).toEqual(['other'])
    expect(await reply('npx other --env ', ['npx', 'other', '--env', ''], 'project')).toEqual([''])
  })

  it('is registered for kindup, and leaves what npx has alone', async () => {
    const program = 'complete -W mine npx; source <(kindup completion bash); complete -p kindup npx'
    const printed = await said('bash', ['-c', program], 'work', 'published')
    expect(printed.trim().split('\n')).toEqual(['complete -F _kindup kindup', "complete -W 'mine' npx"])
  })
})

describe.skipIf(!isThere('fish'))('in fish', () => {
  const offers = async (line: string, folder?: string): Promise<readonly string[]> => {
    const program = 'kindup completion fish | source; complete -C "$argv[1]"'
    const printed = await said('fish', ['-c', program, line], folder)
    return printed
      .trim()
      .split('\n')
      .map((each) => each.split('\t')[0] ?? '')
  }

  it.each([
    ['kindup pl', ['plan']],
    ['kindup up --env ', ['dev', 'prod']],
    ['kindup up --env=p', ['--env=prod']],
    ['kindup up --image ', ['web=']],
    ['kindup up --config kin', ['kindup.yaml']],
    ['kindup up --config=kin', ['--config=kindup.yaml']],
    ['kindup init --dir so', ['some/']],
  ])('%s', async (line, expected) => expect(await offers(line)).toEqual(expected))

  it('npx kindup, with the project’s own', async () =>
    expect(await offers('npx kindup up --env ', 'project')).toEqual(['other']))
})

describe.skipIf(!isThere('zsh'))('in zsh', () => {
  /** Types a line and a tab in a real terminal, and reads what became of it. */
  const typed = async (line: string, folder?: string): Promise<string> => {
    const program = [
      'zmodload zsh/zpty',
      'zpty z zsh -f -i',
      'wait_for() { local got= part; repeat 600; do while zpty -rt z part; do got+=$part; done; [[ $got == *$1* ]] && { REPLY=$got; return }; sleep 0.05; done; print -u2 "no $1 in $got"; exit 1 }',
      // What is written is echoed: the marks are put together so that only their output has them whole.
      "zpty -w z 'unset zle_bracketed_paste; PROMPT=; autoload -Uz compinit; compinit -D -u; source <(kindup completion zsh)'",
      'zpty -w z \'finish() { zle expand-or-complete; print -r -- "<${BUFFER}>"; BUFFER=; zle accept-line }; zle -N finish; bindkey "^T" finish; print rea""dy\'',
      'wait_for ready',
      'zpty -w -n z "$1"$\'\\x14\'',
      "wait_for '>'",
      'print -r -- "$REPLY"',
    ]
    const printed = await said('zsh', ['-fc', program.join('\n'), 'zsh', line], folder)
    return /<([^<>]*)>/.exec(printed)?.[1] ?? 'nothing'
  }

  it.each([
    ['kindup pl', 'kindup plan '],
    ['kindup up --env d', 'kindup up --env dev '],
    ['kindup up --env=d', 'kindup up --env=dev '],
    ['kindup up --image w', 'kindup up --image web='],
    ['kindup up --config=kin', 'kindup up --config=kindup.yaml '],
    ['kindup init --dir so', 'kindup init --dir some/'],
  ])('%s', async (line, expected) => expect(await typed(line)).toBe(expected))

  it('npx kindup, with the project’s own', async () =>
    expect(await typed('npx kindup up --env o', 'project')).toBe('npx kindup up --env other '))
})
