import { readFile, rm, writeFile } from 'node:fs/promises'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { execFile } from 'node:child_process'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { programs, type Programs } from '../support/programs.ts'

const root = new URL('../../', import.meta.url)
const { version }: { readonly version: string } = JSON.parse(await readFile(new URL('package.json', root), 'utf8'))

type Action = {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>
  readonly outputs: Readonly<Record<string, unknown>>
  readonly runs: { readonly main: string; readonly post: string }
}
const action: Action = parse(await readFile(new URL('action.yml', root), 'utf8'))

/** As a runner does it: inputs with their defaults, and files for what comes out. */
const step = async (
  at: Programs,
  program: string,
  given: Readonly<Record<string, string>>,
  state: Readonly<Record<string, string>> = {},
) => {
  const inputs = Object.entries(action.inputs).map(([name, { default: usual = '' }]) => [
    `INPUT_${name.toUpperCase()}`,
    given[name] ?? usual,
  ])
  const env = {
    ...Object.fromEntries(inputs),
    ...Object.fromEntries(Object.entries(state).map(([name, value]) => [`STATE_${name}`, value])),
    PATH: `${at.path('bin')}:${process.env['PATH']}`,
    GITHUB_OUTPUT: at.path('output'),
    GITHUB_STATE: at.path('state'),
  }
  const file = fileURLToPath(new URL(program, root))
  const ended = await promisify(execFile)(process.execPath, [file], { cwd: at.folder, env }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    ({ code, stdout }: { readonly code: number; readonly stdout: string }) => ({ code, stdout }),
  )
  const [output, next, words] = await Promise.all(
    ['output', 'state', 'words'].map((name) => readFile(at.path(name), 'utf8').catch(() => '')),
  )
  return { ...ended, output: noted(output), state: noted(next), words: words?.trim().split('\n') }
}

/** `name<<END`, lines, `END`, as the runner reads them. */
const noted = (text = ''): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/^(\S+?)<<(\S+)\n([\s\S]*?)\n\2$/gm)].map(([, name, , value]) => [name, value]))

const answering = (at: Programs, code: number, document: object) =>
  at.program(
    'bin',
    'npx',
    `printf '%s\\n' "$PWD" "$@" > ${at.path('words')}\ncat <<'END'\n${JSON.stringify(document)}\nEND\nexit ${code}`,
  )

it('brings the environment up, tells the rest of the job of it, and takes it away at the end', async () => {
  await using at = await programs()
  await answering(at, 0, {
    cluster: { name: 'ci', context: 'kind-ci', kubeconfig: '/home/runner/.kube/config' },
    endpoints: [{ name: 'web', url: 'http://web.localhost' }],
    credentials: [{ name: 'db', username: 'u', password: 'open%"sesame' }],
    seconds: 70.5,
  })
  const main = await step(at, action.runs.main, {
    name: 'ci',
    environments: 'dev\nprod\n',
    images: 'web=example/web:1',
    set: 'cluster.workers=1\n\n  addons.argocd=false',
    junit: 'smoke.xml',
  })
  const named = '--yes --json --name ci --env dev --env prod --image web=example/web:1'
  const set = '--set cluster.workers=1 --set addons.argocd=false --no-hosts --timeout 10m --junit smoke.xml'
  expect(main.words?.join(' ')).toBe(`${at.folder} --yes kindup@${version} up ${named} ${set}`)
  expect(main.code).toBe(0)
  expect(main.stdout).toBe('::add-mask::open%25"sesame\n::add-mask::open%25\\"sesame\n')
  expect(main.output).toEqual({
    name: 'ci',
    context: 'kind-ci',
    kubeconfig: '/home/runner/.kube/config',
    endpoints: '[{"name":"web","url":"http://web.localhost"}]',
    credentials: '[{"name":"db","username":"u","password":"open%\\"sesame"}]',
    seconds: '70.5',
  })
  expect(Object.keys(action.outputs)).toEqual([...Object.keys(main.output), 'diagnosis', 'report'])
  const post = await step(at, action.runs.post, {}, main.state)
  expect(post.words?.slice(1).join(' ')).toBe(`--yes kindup@${version} down --yes --name ci`)
  expect(post.code).toBe(0)
})

it('is red with the reason, where to look, and still takes away what is there', async () => {
  await using at = await programs()
  const error = { code: 'smoke-failed', message: 'service/web: answered 503\n100%', hints: ['kindup test'] }
  await answering(at, 1, { error, diagnosis: { folder: '/cache/diagnoses/1', causes: [] } })
  const main = await step(at, action.runs.main, {
    name: 'ci-{random}',
    hosts: 'true',
    version: '0.0.1',
    report: 'out/up.html',
  })
  expect(main.code).toBe(1)
  expect(main.stdout).toBe('::error title=kindup::service/web: answered 503%0A100%25%0A→ kindup test\n')
  expect(main.output).toEqual({ diagnosis: '/cache/diagnoses/1', report: at.path('out/up.html') })
  expect(main.words?.join(' ')).toContain('--report out/up.html')
  expect(main.words).not.toContain('--no-hosts')
  const name = main.words?.[main.words.indexOf('--name') + 1]
  expect(name).toMatch(/^ci-[0-9a-f]{8}$/)
  const post = await step(at, action.runs.post, {}, main.state)
  expect(post.words?.slice(1)).toEqual(['--yes', 'kindup@0.0.1', 'down', '--yes', '--name', name])
  expect(post.code).toBe(1)
  expect(post.stdout).toContain('::error title=kindup::What kindup made could not all be taken away')
})

it('begins with what an earlier run left, and leaves it to the next one', async () => {
  await using at = await programs()
  await at.program(
    'bin',
    'npx',
    `printf '%s|' "$@" >> ${at.path('calls')}; echo >> ${at.path('calls')}
case "$3 $*" in
  up*--snapshot*) cat ${at.path('refusal')}; exit 1;;
  up*) echo '{"cluster":{},"seconds":1}';;
  bundle*) : > "$5";;
  snapshot*) exit 1;;
esac`,
  )
  const given = { bundle: 'kept/bundle', snapshot: 'kept/snapshot', profiles: 'ci', name: 'x' }
  const calls = async (): Promise<readonly string[]> => {
    const text = await readFile(at.path('calls'), 'utf8')
    await rm(at.path('calls'))
    return text
      .replaceAll(at.folder, '')
      .trim()
      .split('\n')
      .map((line) => line.split('|').slice(2, -1).join(' '))
  }
  const first = await step(at, action.runs.main, given)
  expect(first.code).toBe(0)
  expect(first.stdout).toContain('::warning title=kindup::The snapshot')
  const up = 'up --yes --json --name x --profile ci --no-hosts --timeout 10m'
  expect(await calls()).toEqual([
    up,
    'bundle save /kept/bundle --name x --profile ci',
    'snapshot save --file /kept/snapshot --name x --profile ci',
  ])
  await writeFile(at.path('kept/snapshot'), '')
  const refuse = (code: string): Promise<void> =>
    writeFile(at.path('refusal'), JSON.stringify({ error: { code, message: 'It does not fit.' } }))
  // The cluster of an earlier job on the same machine.
  await refuse('cluster-there')
  expect((await step(at, action.runs.main, given)).code).toBe(0)
  expect(await calls()).toEqual([
    `${up} --bundle /kept/bundle --snapshot /kept/snapshot`,
    `${up} --bundle /kept/bundle`,
  ])
  await refuse('snapshot-unfit')
  const second = await step(at, action.runs.main, given)
  expect(second.code).toBe(0)
  expect(second.stdout).toContain('::warning title=kindup::It does not fit. It is made again.')
  expect((await calls()).slice(0, 2)).toEqual([`${up} --bundle /kept/bundle --snapshot /kept/snapshot`, up])
  // A part of the file is no start for the whole of it, nor the other way round.
  await writeFile(at.path('kept/snapshot'), '')
  const part = await step(at, action.runs.main, { ...given, environments: 'dev' })
  expect(part.code).toBe(0)
  expect(part.stdout).toContain('::warning title=kindup::A snapshot brings up the whole file')
  expect(await calls()).toEqual([
    'up --yes --json --name x --env dev --profile ci --no-hosts --timeout 10m --bundle /kept/bundle',
  ])
})

it('says what it cannot keep for the next run, and is no failure for it', async () => {
  await using at = await programs()
  await answering(at, 0, { cluster: {}, seconds: 1 })
  await writeFile(at.path('file'), '')
  const main = await step(at, action.runs.main, { bundle: 'file/bundle', name: 'x' })
  expect(main.code).toBe(0)
  expect(main.stdout).toMatch(
    /::warning title=kindup::The bundle .*file\/bundle could not be written: E(?:NOTDIR|EXIST)/,
  )
})

it('says what it sees of a job that failed after it, before it takes everything away', async () => {
  await using at = await programs()
  await answering(at, 0, { cluster: {}, seconds: 1 })
  const { state } = await step(at, action.runs.main, { name: 'ci' })
  await at.program('bin', 'npx', `echo "$3" >> ${at.path('calls')}; echo "what $3 says"`)
  const failed = await step(at, action.runs.post, { 'job-status': 'failure' }, state)
  expect(failed.stdout).toContain('::group::What kindup sees of it\nwhat diagnose says\n::endgroup::\n')
  await step(at, action.runs.post, { 'job-status': 'success' }, state)
  expect(await readFile(at.path('calls'), 'utf8')).toBe('diagnose\ndown\ndown\n')
})

it('leaves the cluster where it is to stay, and refuses a switch that is neither on nor off', async () => {
  await using at = await programs()
  await answering(at, 0, { cluster: {}, seconds: 1 })
  const main = await step(at, action.runs.main, { keep: 'true' })
  expect(main.state['down']).toBe('[]')
  const refused = await step(at, action.runs.main, { keep: 'maybe' })
  expect(refused.code).toBe(1)
  expect(refused.stdout).toContain('The input keep is "maybe", and takes true or false.')
})
