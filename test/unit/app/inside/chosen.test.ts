import { describe, expect, it } from 'vitest'
import { chosenDeployments } from '../../../../app/inside/chosen.ts'
import type { Config } from '../../../../config/config.ts'
import { ConfigError } from '../../../../core/errors.ts'
import { readId } from '../../../../core/identity.ts'

const entry = (id: string) => ({ id, of: readId(id), title: id, kind: 'objects', needs: [], undo: {} })
const ids = ['service/web@dev', 'service/web@prod', 'service/api@dev', 'addon/argocd', 'secret/kafka', 'image/web']
const running = {
  name: 'shop',
  entries: new Map(ids.map((id) => [id, entry(id)])),
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of the file, only names are read
  file: { services: [{ name: 'web' }, { name: 'later' }], addons: [{ name: 'flux' }] } as unknown as Config,
}
const chosen = (words: readonly string[], env: readonly string[] = []) =>
  chosenDeployments(words, env, running).map(({ id }) => id)

describe('what words mean of what is deployed', () => {
  it.each([
    [['web'], ['service/web@dev', 'service/web@prod']],
    [['web@prod'], ['service/web@prod']],
    [['service/api'], ['service/api@dev']],
    [['argocd'], ['addon/argocd']],
    [['addon/argocd', 'argocd'], ['addon/argocd']],
    [['service/*@dev'], ['service/web@dev', 'service/api@dev']],
    [[], ['service/web@dev', 'service/web@prod', 'service/api@dev']],
  ])('%j is %j', (words, meant) => expect(chosen(words)).toEqual(meant))

  it('an environment narrows services, and leaves add-ons', () => {
    expect(chosen(['web', 'argocd'], ['prod'])).toEqual(['service/web@prod', 'addon/argocd'])
    expect(chosen([], ['dev'])).toEqual(['service/web@dev', 'service/api@dev'])
  })

  it.each([
    [['wbe'], [], 'There is no service or add-on wbe in shop.', 'Did you mean web?'],
    [['nothing-like-it'], [], 'There is no service or add-on nothing-like-it in shop.', 'There are: web, api, argocd'],
    [['later'], [], 'later is in the file, and not in the cluster shop yet.', 'kindup up --only service/later'],
    [['flux'], [], 'flux is in the file, and not in the cluster shop yet.', 'kindup up --only addon/flux'],
    [['api'], ['prod'], 'api is not deployed to prod.', 'There is: service/api@dev'],
    [['api@prod'], [], 'api@prod is not in shop.', 'There is: service/api@dev'],
    [['web'], ['prd'], 'Nothing is deployed to an environment prd of shop.', 'Did you mean prod?'],
    // A Secret has no pods.
    [['kafka'], [], 'There is no service or add-on kafka in shop.', 'There are: web, api, argocd'],
  ])('%j in %j: %s', (words, env, message, hint) => {
    expect(() => chosen(words, env)).toThrow(ConfigError)
    expect(() => chosen(words, env)).toThrow(expect.objectContaining({ message, hints: [hint] }))
  })
})
