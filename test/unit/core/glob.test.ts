import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { matching } from '../../../core/glob.ts'
import { tree } from '../../support/tree.ts'

describe('the files that a pattern matches', () => {
  it('are found below a hidden folder that the pattern names, and not in others', async () => {
    using made = tree({
      '.checkout/k8s/a.yaml': '',
      '.checkout/k8s/.b.yaml': '',
      '.checkout/k8s/.old/c.yaml': '',
      '.checkout/k8s/web/.ci/d.yaml': '',
    })
    const found = async (pattern: string) =>
      (await matching(join(made.folder, pattern))).map((file) => relative(join(made.folder, '.checkout'), file))
    expect(await found('.checkout/**/*.yaml')).toEqual(['k8s/a.yaml'])
    expect(await found('.checkout/k8s/*/.ci/*.yaml')).toEqual(['k8s/web/.ci/d.yaml'])
  })
})
