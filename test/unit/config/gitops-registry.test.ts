import { expect, it } from 'vitest'
import type { ServiceConfig } from '../../../config/config.ts'
import { bringForGitOps } from '../../../config/normalise/gitops.ts'

const brought = (deploy: object, source?: 'remote') => {
  const gitops = { tool: 'flux', ...(source ? { source } : {}) }
  return bringForGitOps({ name: 'x' }, [{ name: 'web', deploy, gitops } as ServiceConfig], {} as never)
}

it('brings the registry, but for what a controller reads in the git remote of this repository', () => {
  expect(brought({ kind: 'manifests' })).toHaveProperty('registry')
  expect(brought({ kind: 'manifests' }, 'remote')).toMatchObject({ addons: [{ name: 'flux' }] })
  expect(brought({ kind: 'manifests' }, 'remote')).not.toHaveProperty('registry')
  // These name their remotes themselves, and some of theirs may be of the working tree.
  for (const kind of ['flux', 'applications']) expect(brought({ kind }, 'remote')).toHaveProperty('registry')
})
