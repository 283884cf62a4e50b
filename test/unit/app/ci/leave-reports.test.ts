import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Chalk } from 'chalk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { dropEarlier, leavingReports } from '../../../../app/ci/leave-reports.ts'
import type { UpReport } from '../../../../app/report.ts'
import { StepsFailed } from '../../../../app/steps-failed.ts'
import { exit } from '../../../../core/errors.ts'
import type { Terminal } from '../../../../core/print/terminal.ts'
import type { SmokeResult } from '../../../../services/smoke/smoke.ts'

const report: UpReport = {
  cluster: { name: 'shop', context: 'kind-shop', kubeconfig: '/k' },
  steps: [
    { id: 'hosts', result: 'created', seconds: 0.1 },
    { id: 'service/web@dev', result: 'updated', seconds: 12.34 },
  ],
  criticalPath: [],
  warnings: ['The chart of a|b is old.'],
  smoke: [],
  endpoints: [{ name: 'web', url: 'http://web.localhost' }],
  credentials: [{ name: 'db', username: 'u', password: 'open-sesame' }],
  seconds: 45.67,
}
const answered: SmokeResult = {
  step: 'service/web@dev',
  name: 'GET /',
  url: 'http://web.localhost/',
  ok: false,
  message: 'answered\n503',
  ms: 3,
}

describe('what a pipeline reads', () => {
  let folder: string
  let prose: string[]
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kindup-ci-'))
    prose = []
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const dependencies = (more: { readonly junit?: string; readonly env?: Record<string, string> } = {}) => {
    const colour = new Chalk({ level: 0 })
    const terminal: Pick<Terminal, 'err' | 'colour'> = { err: (text) => void prose.push(text), colour }
    const { env = {}, ...rest } = more
    const smoke: SmokeResult[] = []
    return { app: { cwd: folder, env }, terminal: terminal as Terminal, name: 'shop', smoke, ...rest }
  }
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

  it('is added to the summary of the job, without passwords', async () => {
    writeFileSync(join(folder, 'summary.md'), 'what another step wrote\n')
    const given = dependencies({ env: { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') } })
    await leavingReports(given, async () => report)
    expect(read('summary.md')).toBe(`what another step wrote
### shop is up (45.7 s)

| Endpoint | URL |
| --- | --- |
| web | http://web.localhost |

| Step | Result | Seconds |
| --- | --- | --- |
| service/web@dev | updated | 12.3 |
| hosts | created | 0.1 |

> The chart of a\\|b is old.

`)
  })

  it('says why it failed, and how far each step got', async () => {
    const given = dependencies({ env: { GITHUB_STEP_SUMMARY: join(folder, 'summary.md') }, junit: 'out/smoke.xml' })
    const failure = new StepsFailed('smoke-failed', exit.failed, 'service/web@dev: ```no```', {
      hints: ['`kindup test` runs the smoke tests again.'],
      steps: [],
      ends: [
        { id: 'service/web@dev', result: 'failed', seconds: 3 },
        { id: 'hosts', result: 'not-started' },
      ],
    })
    const ended = leavingReports(given, async () => {
      given.smoke.push(answered)
      throw failure
    })
    await expect(ended).rejects.toBe(failure)
    expect(read('summary.md')).toBe(`### shop is not up

\`\`\`\`
service/web@dev: \`\`\`no\`\`\`
\`\`\`\`

- \\\`kindup test\\\` runs the smoke tests again.

|  | Smoke test | Answer |
| --- | --- | --- |
| ❌ | service/web@dev GET / http://web.localhost/ | answered 503 |

| Step | Result | Seconds |
| --- | --- | --- |
| service/web@dev | failed | 3.0 |
| hosts | not-started |  |

`)
    expect(read('out/smoke.xml')).toContain('<failure message="answered&#10;503"/>')
  })

  it('is a warning where it cannot be written, and never in the way', async () => {
    writeFileSync(join(folder, 'file'), '')
    const given = dependencies({
      env: { GITHUB_STEP_SUMMARY: join(folder, 'file/summary.md') },
      junit: 'file/smoke.xml',
    })
    expect(await leavingReports(given, async () => report)).toBe(report)
    expect(prose).toEqual([
      `! The results of the smoke tests could not be written to ${join(folder, 'file/smoke.xml')}: its path leads through a file.`,
      `! The summary of the job could not be written to ${join(folder, 'file/summary.md')}: its path leads through a file.`,
    ])
  })

  it('is no file of an earlier run for the jobs after one that fails, and one of somebody else is let be', async () => {
    writeFileSync(join(folder, 'job.env'), 'KINDUP_NAME=gone\n')
    writeFileSync(join(folder, '.env'), 'PASSWORD=x\n')
    for (const name of ['job.env', '.env', 'none']) await dropEarlier(join(folder, name))
    expect(() => read('job.env')).toThrow('ENOENT')
    expect(read('.env')).toBe('PASSWORD=x\n')
  })

  it('is nothing where nobody asked', async () => {
    await leavingReports(dependencies(), async () => report)
    expect(() => read('smoke.xml')).toThrow('ENOENT')
    expect(prose).toEqual([])
  })
})
