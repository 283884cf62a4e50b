import { mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import * as fc from 'fast-check'
import { afterAll } from 'vitest'
import { cacheFolder } from '../../core/paths.ts'
import { cheapGo } from './cheap-go.ts'

// Before the tests of a file: whoever starts them, from wherever, starts them in the same environment. What is left is
// where programs and temporary files are, and what the tests are told themselves.
const kept =
  /^(PATH|TMPDIR|TMP|TEMP|SYSTEMROOT|COMSPEC|PATHEXT|NODE_COMPILE_CACHE|KINDUP_(TEST|E2E|CHARTS|PROPERTY|PUBLISHED).*|VITEST.*|NODE_ENV|TEST|PROD|DEV|MODE|BASE_URL|SSR)$/i

// The charts that this user's kindup has fetched can be rendered.
process.env['KINDUP_CHARTS'] ??= join(cacheFolder(), 'charts')
for (const name of Object.keys(process.env)) if (!kept.test(name)) delete process.env[name]
const home = mkdtempSync(join(process.env['KINDUP_TEST_HOMES'] ?? tmpdir(), 'kindup-home-'))
// What forgets its own environment must not reach an engine or a cluster that happens to be here.
const nowhere = join(home, 'nowhere')
Object.assign(process.env, {
  HOME: home,
  DOCKER_HOST: `unix://${nowhere}`,
  CONTAINER_HOST: `unix://${nowhere}`,
  KUBECONFIG: nowhere,
  LANG: 'C.UTF-8',
  TZ: 'UTC',
  NO_COLOR: '1',
  GIT_CONFIG_NOSYSTEM: '1',
  ...cheapGo,
})
process.umask(0o022)
// What is drawn at random is the same in each run, and other things are with another seed.
fc.configureGlobal({ seed: Number(process.env['KINDUP_TEST_SEED'] ?? 20_261_126) })

afterAll(() => rm(home, { recursive: true, force: true }))
