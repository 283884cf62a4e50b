import { describe, expect, it } from 'vitest'
import { permitsArtifact, withArtifacts } from '../../../../manifests/kinds/app-projects.ts'

const address = 'oci://kindup-registry:5001/kindup/shop/**'
const project = (...sourceRepos: readonly string[]) => ({
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'AppProject',
  metadata: { name: 'team' },
  spec: { description: 'x', sourceRepos },
})
const remotes = ['github.com/org/shop']

describe('a project', () => {
  it.each([
    ['names this repository', ['https://github.com/Org/shop.git']],
    ['names it in another spelling', ['git@github.com:org/shop']],
    ['permits all of its owner', ['https://github.com/org/*', '!https://github.com/org/secret']],
  ])('permits the working tree where it %s', (_what, repos) => {
    const { spec } = withArtifacts(project(...repos), { address, remotes })
    expect(spec).toEqual({ description: 'x', sourceRepos: [...repos, address] })
  })

  it.each([
    ['permits all', ['*'], remotes],
    ['permits it already', ['https://github.com/org/shop', address], remotes],
    ['permits others alone', ['https://github.com/org/other', 'https://github.com/*'], remotes],
    ['excludes it', ['https://github.com/org/*', '!https://github.com/org/shop'], remotes],
    ['permits nothing', [], undefined],
  ])('stays as it is where it %s', (_what, repos, own) => {
    const before = project(...repos)
    expect(withArtifacts(before, { address, ...(own ? { remotes: own } : {}) })).toBe(before)
  })

  it('permits the working tree of a repository without a remote', () => {
    expect(withArtifacts(project('https://a.test/x'), { address }).spec).toMatchObject({
      sourceRepos: ['https://a.test/x', address],
    })
  })

  it('is an AppProject: nothing else is touched', () => {
    const other = { ...project('https://github.com/org/shop'), kind: 'Application' }
    expect(withArtifacts(other, { address, remotes })).toBe(other)
  })

  it('permits artifacts of all services and environments, of its cluster alone', () => {
    const own = project(address)
    expect(permitsArtifact(own, 'oci://kindup-registry:5001/kindup/shop/web')).toBe(true)
    expect(permitsArtifact(own, 'oci://kindup-registry:5001/kindup/shop/web/dev')).toBe(true)
    expect(permitsArtifact(own, 'oci://kindup-registry:5001/kindup/other/web')).toBe(false)
    expect(permitsArtifact(project('*'), 'oci://x/y')).toBe(true)
  })
})
