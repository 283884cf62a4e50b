import type { Asker, Choice } from '../../core/ask.ts'
import { isHostName } from '../../hosts/names.ts'
import type { DraftService } from './draft-service.ts'
import type { Draft } from './draft.ts'
import { wrongName } from './names.ts'

/** Goes through the proposal with a person, one question for each thing that there is something to say about. */
export const goThrough = async (proposed: Draft, ask: Asker): Promise<Draft> => {
  const name = await ask.text('Name of the cluster', proposed.name, wrongName)
  const hasNodes = (proposed.kind?.nodes.length ?? 0) > 0
  const workers = hasNodes
    ? proposed.workers
    : await ask.whole('Workers beside the control plane', proposed.workers, { min: 0, max: 9 })
  const services = await chosen(ask, 'Services', proposed.services, serviceChoice)
  const images = await chosen(ask, 'Other images', proposed.images, ({ key, context, why, unused }) => ({
    value: key,
    label: `${key}  ${context}, ${why}`,
    chosen: unused !== true,
  }))
  const environments = await chosen(
    ask,
    'Environments',
    proposed.environments.filter((one) => services.some((service) => service.environments.includes(one.name))),
    (one) => ({ value: one.name, label: one.name, chosen: true }),
  )
  const left = environments.map((environment) => environment.name)
  const addons = await ask.several(
    'Add-ons',
    proposed.addons.map((addon) => ({ value: addon.name, label: `${addon.name}  ${addon.why}`, chosen: addon.on })),
  )
  const draft: Draft = {
    ...proposed,
    name,
    workers,
    images: images.map(({ unused: _unused, ...image }) => image),
    environments,
    addons: proposed.addons.map((addon) => ({ ...addon, on: addons.includes(addon.name) })),
    domain: `${name}.localhost`,
    // What belongs to environments that nobody wants is not deployed.
    services: services
      .filter((service) => service.environments.length === 0 || service.environments.some((one) => left.includes(one)))
      .map((service) => ({ ...service, environments: service.environments.filter((one) => left.includes(one)) })),
  }
  const kept = withoutOthersFiles(draft)
  return namesHosts(kept) ? { ...kept, domain: await ask.text('Host names end in', kept.domain, wrongDomain) } : kept
}

/** Manifests that were to be written for services that nobody wants are not. */
const withoutOthersFiles = (draft: Draft): Draft => {
  if (draft.files === undefined) return draft
  const names = draft.services.map((service) => service.name)
  const paths = draft.services.flatMap(({ deploy }) => (deploy.kind === 'manifests' ? deploy.paths : []))
  return {
    ...draft,
    services: draft.services.map(({ needs = [], ...rest }) => ({
      ...rest,
      needs: needs.filter((need) => names.includes(need)),
    })),
    files: draft.files.filter(({ path }) => paths.includes(`./${path}`)),
  }
}

/** What a person keeps of some things; nothing is asked where there are none. */
const chosen = async <T>(
  ask: Asker,
  question: string,
  things: readonly T[],
  choice: (thing: T) => Choice,
): Promise<readonly T[]> => {
  if (things.length === 0) return things
  const kept = await ask.several(question, things.map(choice))
  return things.filter((thing) => kept.includes(choice(thing).value))
}

const serviceChoice = ({ name, deploy, from, image }: DraftService): Choice => ({
  value: name,
  label: `${name}  ${deploy.kind} ${from}${image === undefined ? '' : `, image from ${image.file ?? image.context}`}`,
  chosen: true,
})

/** Whether the file will hold a host name of ours. */
const namesHosts = ({ services, addons }: Draft): boolean =>
  addons.some(({ on, hasHost }) => on && hasHost) ||
  services.some(
    ({ deploy, expose }) =>
      expose !== undefined || (deploy.kind === 'helm' && deploy.sets.some(({ to }) => to === 'host')),
  )

const wrongDomain = (answer: string): string | undefined =>
  isHostName(answer) ? undefined : 'A host name, such as shop.localhost or shop.test.'
