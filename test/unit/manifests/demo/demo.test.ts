import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { realTool, sayMissing } from '../../../support/real-tools.ts'

const demo = fileURLToPath(new URL('../../../../manifests/demo', import.meta.url))
const helm = realTool('helm4') ?? realTool('helm3')

const python = ((): string | undefined => {
  try {
    // 3.10 brought `match`.
    execFileSync('python3', ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))'], { stdio: 'ignore' })
    return 'python3'
  } catch {
    sayMissing('python3', 'no python3 of 3.10 or later on this machine; the tests of the demo services do not run.')
    return undefined
  }
})()

describe.each(['service-a', 'service-b'])('%s', (name) => {
  it.runIf(python)('passes its own tests', () => {
    expect(() =>
      execFileSync(python ?? '', ['-B', '-m', 'unittest', '-q'], { cwd: `${demo}/${name}`, stdio: 'pipe' }),
    ).not.toThrow()
  })

  it.runIf(helm).each(['developer', 'production'])('has its three objects in %s', (environment) => {
    const set = ['image.repository=offerfit/x', 'image.tag=1234567', 'ingress.host=x.test']
    const text = execFileSync(
      helm ?? '',
      [
        'template',
        name,
        `${demo}/chart`,
        '--values',
        `${demo}/values/${name}/${environment}.yaml`,
        ...set.flatMap((one) => ['--set-string', one]),
      ],
      { encoding: 'utf8' },
    )
    const objects = parseAllDocuments(text).map(
      (document) => document.toJS() as Record<string, unknown> & { kind: string },
    )
    expect(objects.map(({ kind }) => kind).toSorted()).toEqual(['Deployment', 'Ingress', 'Service'])
    expect(objects.find(({ kind }) => kind === 'Deployment')).toMatchObject({
      spec: {
        replicas: environment === 'production' ? 2 : 1,
        template: {
          spec: {
            containers: [
              {
                image: 'offerfit/x:1234567',
                env: expect.arrayContaining([{ name: 'APP_VERSION', value: '1234567' }]),
                securityContext: { runAsNonRoot: true, readOnlyRootFilesystem: true },
              },
            ],
          },
        },
      },
    })
  })
})
