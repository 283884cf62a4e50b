import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { gitlabJob } from '../support/gitlab-job.ts'
import { ownFolder } from '../support/own-folder.ts'

/** Writes what it was called with, and what `up` and `bundle save` write. */
const npx = `#!/bin/sh
echo "$PWD|$(printf '%s|' "$@")" >> "$WORDS"
[ "$3" != "$FAILS" ] || exit 1
case "$3 $*" in
  *--json*"$UNFIT"*) echo "$ANSWER"; exit 1 ;;
esac
for one; do
  [ "$before" != --dotenv ] || printf 'KINDUP_NAME=x\\nKINDUP_ENDPOINTS=web=http://web.localhost\\nKINDUP_KUBECONFIG=/home/me/my files/config\\n' > "$one"
  before=$one
done
[ "$3" != bundle ] || : > "$5"
[ "$3" != snapshot ] || : > "$6"
`

/** Runs the job as a runner does: one shell with -e for the script, another one for what comes after. */
const run = async (
  given: Readonly<Record<string, unknown>>,
  { fails = 'nothing', folder = '', unfit = 'none of it', code = '' } = {},
) => {
  const at = folder === '' ? await ownFolder() : folder
  await mkdir(join(at, 'bin'), { recursive: true })
  await mkdir(join(at, 'project/shop'), { recursive: true })
  await writeFile(join(at, 'bin/npx'), npx)
  await chmod(join(at, 'bin/npx'), 0o755)
  await symlink(process.execPath, join(at, 'bin/node')).catch(() => undefined)
  const job = gitlabJob({ image: 'example/ci', ...given })
  const own = { CI_JOB_ID: '7', CI_PROJECT_DIR: join(at, 'project') }
  const expand = (text: string): string => text.replaceAll(/\$(CI_\w+)/g, (_all, name: keyof typeof own) => own[name])
  const env = {
    PATH: `${join(at, 'bin')}:/usr/bin:/bin`,
    WORDS: join(at, 'words'),
    FAILS: fails,
    UNFIT: unfit,
    ANSWER: JSON.stringify({ error: { code, message: 'It is for other nodes.', hints: ['Save it again.'] } }),
    ...own,
    ...Object.fromEntries(Object.entries(job.variables).map(([name, value]) => [name, expand(value)])),
  }
  const shell = (lines: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    spawnSync('sh', ['-e', '-c', lines.join('\n')], {
      cwd: join(at, 'project'),
      env: { ...env, ...more },
      encoding: 'utf8',
    })
  await writeFile(join(at, 'words'), '')
  const script = shell(job.script.flat())
  const after = shell(job.after_script, { CI_JOB_STATUS: script.status === 0 ? 'success' : 'failed' })
  const words = (await readFile(join(at, 'words'), 'utf8')).trim().split('\n')
  return { at, script, after, words: words.map((line) => line.replaceAll(at, '')) }
}

describe('the job for GitLab', () => {
  it('brings the environment up, runs what is to be run in it, and takes it away', async () => {
    const { script, after, words } = await run({
      version: '1.2.3',
      'working-directory': 'shop',
      environments: 'dev\nprod *',
      images: 'web=example/web:1',
      script: ['echo "in $PWD with $KUBECONFIG"', 'echo two'],
    })
    expect(script.stderr + after.stderr).toBe('')
    expect(script.stdout).toMatch(/in .*\/project\/shop with \/home\/me\/my files\/config\ntwo/)
    expect(words).toEqual([
      '/project/shop|--yes|kindup@1.2.3|up|--yes|--no-hosts|--timeout|10m|--ttl|2h|--junit|/project/.kindup/smoke.xml|--report|/project/.kindup/report.html|--dotenv|/project/.kindup/job.env|--env=dev|--env=prod *|--name|ci-7|--image|web=example/web:1|',
      '/project/shop|--yes|kindup@1.2.3|down|--yes|--name|ci-7|',
    ])
  })

  it('takes it away where it could not be brought up, or a line failed, and keeps what was seen', async () => {
    const failed = await run({ script: ['echo never'] }, { fails: 'up' })
    expect(failed.script.status).not.toBe(0)
    expect(failed.script.stdout).not.toContain('never')
    const broken = await run({ script: ['false', 'echo never'] })
    expect(broken.script.status).not.toBe(0)
    for (const { words } of [failed, broken])
      expect(words.map((line) => line.split('|')[3])).toEqual(['up', 'diagnose', 'down'])
  })

  it('takes it away where it cannot be diagnosed, and is red where it cannot be taken away', async () => {
    const { words } = await run({ script: ['false'] }, { fails: 'diagnose' })
    expect(words.at(-1)).toContain('|down|')
    expect((await run({}, { fails: 'down' })).after.status).not.toBe(0)
  })

  it('keeps a bundle for the next time, and begins with it', async () => {
    const first = await run({ bundle: 'true', config: 'a.yaml', profiles: 'ci\nsmall', script: ['set --', 'false'] })
    expect(first.words[1]).toBe(
      '/project|--yes|kindup@latest|bundle|save|/project/.kindup/bundle|--name|ci-7|--config|a.yaml|--profile|ci|--profile|small|',
    )
    const next = await run({ bundle: 'true' }, { folder: first.at })
    expect(next.words.map((line) => line.split('|')[3])).toEqual(['up', 'down'])
    expect(next.words[0]).toContain('|--bundle=/project/.kindup/bundle|')
    expect(next.script.stdout).toBe('Endpoints: web=http://web.localhost\n')
  })

  const given = { bundle: 'true', snapshot: 'true' }
  const doing = (words: readonly string[]): readonly string[] =>
    words.map((line) => {
      const [, , , command = '', ...rest] = line.split('|')
      return [command, ...rest.filter((word) => /^--(?:bundle|snapshot|env)=|^--json$/.test(word))].join(' ')
    })
  const kept = '--bundle=/project/.kindup/bundle --snapshot=/project/.kindup/snapshot'

  it('makes what does not fit again, and goes on', async () => {
    const { at, words } = await run(given)
    expect(doing(words)).toEqual(['up', 'bundle', 'snapshot', 'down'])
    const next = await run(given, { folder: at, unfit: '--snapshot', code: 'snapshot-unfit' })
    expect(next.script).toMatchObject({ status: 0, stderr: 'It is for other nodes.\n→ Save it again.\n' })
    expect(doing(next.words)).toEqual([`up --json ${kept}`, 'up', 'bundle', 'snapshot', 'down'])
  })

  it('goes on with a cluster that is there, without the snapshot, and fails of what else is wrong', async () => {
    const { at } = await run(given)
    const there = await run(given, { folder: at, unfit: '--snapshot', code: 'cluster-there' })
    expect(there.script.status).toBe(0)
    expect(doing(there.words)).toEqual([`up --json ${kept}`, 'up --bundle=/project/.kindup/bundle', 'down'])
    const failed = await run(given, { folder: at, unfit: '--snapshot', code: 'steps-failed' })
    expect(failed.script).toMatchObject({ status: 1, stderr: 'It is for other nodes.\n→ Save it again.\n' })
    expect(doing(failed.words)).toEqual([`up --json ${kept}`, 'diagnose', 'down'])
  })

  it('takes no snapshot where a part of the file is meant, and says so', async () => {
    const { at } = await run(given)
    const part = await run({ ...given, environments: 'dev' }, { folder: at })
    expect(part.script.stdout).toContain('A snapshot brings up the whole file: with environments, none is used')
    expect(doing(part.words)).toEqual(['up --env=dev --json --bundle=/project/.kindup/bundle', 'down'])
  })

  it('is green where what the next job begins with cannot be written', async () => {
    const { script } = await run({ bundle: 'true', script: ['echo on'] }, { fails: 'bundle' })
    expect(script).toMatchObject({
      status: 0,
      stdout: 'The bundle could not be written; the words above say why.\non\n',
    })
  })
})
