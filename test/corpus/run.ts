import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, matchesGlob, resolve } from 'node:path'
import { makeRun } from '../../core/run.ts'
import type { Tool } from '../../cluster/tools/tools.ts'
import { usageError } from '../../core/errors.ts'
import { inParallel } from '../../core/in-parallel.ts'
import { unwritable } from '../../core/unwritable.ts'
import { asScript, scriptFlags } from '../../scripts/script-flags.ts'
import { realTool } from '../support/real-tools.ts'
import { findCases, sampleOf } from './find-cases.ts'
import { summaryLines, summaryOf } from './summary.ts'
import { tryCase, type Result } from './try-case.ts'

const usage = `npm run test:corpus -- [flags] DIR…

Renders every chart (with each of its ci/*values.yaml), kustomization and manifest below the folders with helm and kubectl and
with kindup, and compares what would be sent. Exits 1 where something differs, crashes or is refused wrongly.

  --only GLOB      only cases whose name matches (repeatable)
  --sample N       at most so many of each kind, spread evenly
  --helm3          helm 3 instead of helm 4 (KINDUP_TEST_HELM3 says where)
  --through-helm   has helm call the post-renderer itself, as up does: one more helm and Node for each chart
  --patched        with a patch that finds nothing, so that everything passes kustomize
  --results FILE   keeps each result there, and takes up what is there already
  --list           the names of the cases, and nothing else
  --json           one document on standard output`

const readFlags = () => {
  const { values: flags, positionals: folders } = scriptFlags(
    {
      allowPositionals: true,
      options: {
        only: { type: 'string', multiple: true, default: [] },
        sample: { type: 'string' },
        helm3: { type: 'boolean', default: false },
        'through-helm': { type: 'boolean', default: false },
        patched: { type: 'boolean', default: false },
        results: { type: 'string' },
        list: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    },
    'npm run test:corpus -- --help',
  )
  const absent = folders.find((folder) => !existsSync(folder))
  if (absent !== undefined) throw usageError(`There is no folder ${absent}.`)
  if (flags.sample !== undefined && !/^[1-9]\d*$/.test(flags.sample))
    throw usageError(`--sample ${flags.sample}: write a whole number from 1 on.`)
  const trouble = flags.results === undefined ? undefined : unwritable(resolve(flags.results), 'file')
  if (trouble) throw usageError(`--results ${flags.results} cannot be written: ${trouble.why}.`)
  return { flags, folders }
}

const versionOf = async (path: string): Promise<string> =>
  /v?(\d+\.\d+(?:\.\d+)?)/.exec((await makeRun()(path, ['version', '--template', '{{.Version}}'])).stdout)?.[1] ?? ''

const readResults = async (file: string): Promise<readonly Result[]> => {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line): Result => JSON.parse(line))
}

const tryAll = async ({ flags, folders }: ReturnType<typeof readFlags>): Promise<void> => {
  const began = performance.now()
  const found = (await Promise.all(folders.map(findCases))).flat()
  const named = found.filter(({ id }) => flags.only.length === 0 || flags.only.some((glob) => matchesGlob(id, glob)))
  const cases = flags.sample === undefined ? named : sampleOf(named, Number(flags.sample))
  if (flags.list) return console.log(cases.map(({ id }) => id).join('\n'))

  const helm = realTool(flags.helm3 ? 'helm3' : 'helm4')
  const kubectl = realTool('kubectl')
  if (helm === undefined || kubectl === undefined)
    throw usageError(
      `There is no ${helm === undefined ? 'helm' : 'kubectl'} on the PATH.`,
      'KINDUP_TEST_HELM3 and KINDUP_TEST_HELM4 say where a helm is.',
    )
  const work = await mkdtemp(join(tmpdir(), 'kindup-corpus-'))
  try {
    const tool = (name: Tool['name'], path: string, version: string) => async (): Promise<Tool> => ({
      name,
      path,
      version,
      from: 'path',
    })
    const never = () => Promise.reject(new Error('nothing here makes a cluster'))
    const deps = {
      run: makeRun(),
      helm,
      kubectl,
      throughHelm: flags['through-helm'],
      patched: flags.patched,
      helmHome: join(work, 'helm'),
      cache: join(work, 'cache'),
      tools: {
        kind: never,
        kubectl: tool('kubectl', kubectl, ''),
        helm: tool('helm', helm, await versionOf(helm)),
      },
    }
    const kept = flags.results === undefined ? [] : await readResults(flags.results)
    const known = new Map(kept.map((result) => [result.id, result]))
    const results = await inParallel(cases, 2, async (one) => {
      const before = known.get(one.id)
      const result = before ?? (await tryCase(one, deps))
      if (!before && flags.results !== undefined) await appendFile(flags.results, `${JSON.stringify(result)}\n`)
      if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${result.outcome} ${result.id}`.slice(0, 120))
      return result
    })
    const summary = summaryOf(results)
    const bad = results.filter(({ outcome }) => ['differs', 'crashes', 'refused'].includes(outcome))
    const told = results.filter(({ outcome }) => outcome !== 'same' && outcome !== 'neither')
    const seconds = Math.round((performance.now() - began) / 1000)
    const megabytes = Math.round(process.resourceUsage().maxRSS / 1024)
    if (flags.json) console.log(JSON.stringify({ ...summary, seconds, megabytes, results }, undefined, 2))
    else {
      for (const { outcome, id, lines } of told) console.log([`${outcome} ${id}`, ...lines.slice(0, 8)].join('\n    '))
      console.log(summaryLines(summary).join('\n'))
      console.log(`${results.length} cases in ${seconds} s, ${megabytes} MB at most`)
    }
    process.exitCode = bad.length > 0 ? 1 : 0
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

await asScript(async () => {
  const given = readFlags()
  if (given.flags.help || given.folders.length === 0) console.log(usage)
  else await tryAll(given)
})
