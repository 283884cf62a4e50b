import { idOf, readId } from '../../core/identity.ts'
import type { Argument, Option } from 'commander'
import type { Names } from './names.ts'
import { beginning, type Offer, type Offers } from './offers.ts'

/** What may stand behind a flag, or in the place of an argument. */
export const valuesFor = (taker: Option | Argument, word: string, names: () => Names): Offers => {
  const choices = taker.argChoices
  if (choices !== undefined)
    return beginning(
      word,
      choices.map((value) => ({ value, about: taker.description })),
    )
  const takes = 'flags' in taker ? (/[<[]([^>\]]+)[>\]]/.exec(taker.flags)?.[1] ?? '') : taker.name()
  if (/^(file|path)$/.test(takes)) return { kind: 'files', values: [] }
  if (/^(dir|folder)$/.test(takes)) return { kind: 'folders', values: [] }
  const key = 'flags' in taker ? taker.name() : takes
  const offers = Object.hasOwn(byName, key) ? byName[key] : undefined
  return beginning(word, offers?.(names()) ?? [])
}

const each = (values: readonly string[], about: string, more = ''): readonly Offer[] =>
  values.map((value) => ({ value: `${value}${more}`, about }))

/** By the names of flags and arguments, which are the same in every command. */
const byName: Readonly<Record<string, (names: Names) => readonly Offer[]>> = {
  env: ({ environments }) => each(environments, 'environment'),
  from: ({ environments }) => each(environments, 'environment'),
  to: ({ environments }) => each(environments, 'environment'),
  profile: ({ profiles }) => each(profiles, 'profile'),
  name: ({ cluster }) => (cluster === undefined ? [] : each([cluster], 'the cluster of the file')),
  only: (names) => stepOffers(names),
  skip: (names) => stepOffers(names),
  image: ({ images }) => each(images, 'image', '='),
  set: ({ allAddons, addons }) =>
    allAddons.map((name) => ({
      value: `addons.${name}=${addons.includes(name) ? 'false' : 'true'}`,
      about: addons.includes(name) ? 'leave the add-on out' : 'with the add-on',
    })),
  service: ({ services }) => each(services, 'service'),
  workload: ({ services, addons }) => [...each(services, 'service'), ...each(addons, 'add-on')],
}

const stepOffers = ({ steps, environments }: Names): readonly Offer[] => [
  ...each(steps, 'step'),
  ...['addon', 'image', 'service']
    .filter((kind) => steps.filter((id) => readId(id).kind === kind).length > 1)
    .map((kind) => ({ value: idOf({ kind, name: '*' }), about: `every ${kind}` })),
  ...environments.map((name) => ({
    value: idOf({ kind: 'service', name: '*', environment: name }),
    about: `every service in ${name}`,
  })),
]
