import { describe, expect, it } from 'vitest'
import type { Asker } from '../../../../core/ask.ts'
import type { DraftService } from '../../../../scripts/init/draft-service.ts'
import type { Draft } from '../../../../scripts/init/draft.ts'
import { goThrough } from '../../../../scripts/init/wizard.ts'

/** Answers by the beginning of the question; one that it was not told about is a mistake. `undefined` takes the default. */
const answering = (answers: Readonly<Record<string, unknown>>): Asker & { readonly asked: string[] } => {
  const asked: string[] = []
  const answer = (question: string): unknown => {
    const key = Object.keys(answers).find((beginning) => question.startsWith(beginning))
    if (key === undefined) throw new Error(`nobody said what to answer to "${question}"`)
    asked.push(key)
    return answers[key]
  }
  return {
    asked,
    confirm: async (question, byDefault) => (answer(question) as boolean | undefined) ?? byDefault,
    text: async (question, byDefault, wrong) => {
      const said = (answer(question) as string | undefined) ?? byDefault
      if (wrong(said) !== undefined) throw new Error(wrong(said))
      return said
    },
    whole: async (question, byDefault) => (answer(question) as number | undefined) ?? byDefault,
    one: () => Promise.reject(new Error('nobody asked for one of several')),
    several: async (question, choices) =>
      (answer(question) as string[] | undefined) ?? choices.filter(({ chosen }) => chosen).map(({ value }) => value),
  }
}

const service = (name: string, environments: readonly string[], more: Partial<DraftService> = {}): DraftService => ({
  name,
  from: `./${name}`,
  deploy: { kind: 'kustomize', paths: [`./${name}`], skip: [] },
  environments,
  ...more,
})

const draft: Draft = {
  name: 'shop',
  workers: 1,
  addons: [
    { name: 'ingress-nginx', on: true, why: 'x', hasHost: false },
    { name: 'argocd', on: false, why: 'x', hasHost: true },
  ],
  environments: [{ name: 'dev' }, { name: 'prod' }],
  crds: [],
  images: [{ key: 'worker', why: 'x', name: undefined, context: './worker' }],
  services: [service('web', ['dev', 'prod']), service('old', ['prod']), service('db', [])],
  domain: 'shop.localhost',
  publicHosts: [],
  notes: [],
}

const asProposed = {
  Name: undefined,
  Workers: undefined,
  Services: undefined,
  Other: undefined,
  Environments: undefined,
  'Add-ons': undefined,
  Host: undefined,
}

describe('a person who is asked', () => {
  it('may take everything as it is', async () => {
    expect(await goThrough(draft, answering(asProposed))).toEqual(draft)
  })

  it('changes the name, and with it what host names end in', async () => {
    const ask = answering({ ...asProposed, Name: 'mine', Workers: 3, 'Add-ons': ['argocd'] })
    expect(await goThrough(draft, ask)).toMatchObject({ name: 'mine', workers: 3, domain: 'mine.localhost' })
    expect(ask.asked).toContain('Host')
  })

  it('leaves an environment out, and what belongs to it alone goes too', async () => {
    const { services, environments } = await goThrough(draft, answering({ ...asProposed, Environments: ['dev'] }))
    expect(environments).toEqual([{ name: 'dev' }])
    expect(services.map(({ name, environments: own }) => [name, ...own])).toEqual([['web', 'dev'], ['db']])
  })

  it('is asked of the environments of the services that are left, and of host names where there are some', async () => {
    const ask = answering({ ...asProposed, Services: ['db'] })
    expect((await goThrough(draft, ask)).environments).toEqual([])
    expect(ask.asked).toEqual(['Name', 'Workers', 'Services', 'Other', 'Add-ons'])
  })

  it('is asked of nothing that was not found', async () => {
    const ask = answering(asProposed)
    await goThrough({ ...draft, services: [], images: [], environments: [] }, ask)
    expect(ask.asked).toEqual(['Name', 'Workers', 'Add-ons'])
  })

  it.each([
    [{ Name: 'Shop' }, /lower-case/],
    [{ Name: 'a'.repeat(60) }, /49/],
    [{ 'Add-ons': ['argocd'], Host: 'not a host' }, /host name/],
  ])('is told what is wrong with %j', async (answers, message) => {
    await expect(goThrough(draft, answering({ ...asProposed, ...answers }))).rejects.toThrow(message)
  })
})
