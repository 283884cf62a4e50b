import { changes, type Observations } from '../../core/observations.ts'
import type { Engine } from './engine.ts'

/** An engine that is asked the same only once while a run looks, and tells of everything that is changed through it. */
export const seen = (engine: Engine, looks: Observations): Engine => {
  const changing = changes(looks)
  const asking =
    <T>(name: string, ask: (what: string) => Promise<T>) =>
    (what: string): Promise<T> =>
      looks.answer(`${engine.command} ${name} ${what}`, () => ask(what))
  return {
    ...engine,
    volume: asking('volume', engine.volume),
    volumes: (label) => looks.answer(`${engine.command} volumes ${label ?? ''}`, () => engine.volumes(label)),
    containers: asking('containers', engine.containers),
    container: asking('container', engine.container),
    containerNames: asking('container-names', engine.containerNames),
    networks: asking('networks', engine.networks),
    hasNetwork: asking('network', engine.hasNetwork),
    image: asking('image', engine.image),
    createVolume: changing(engine.createVolume),
    removeVolume: changing(engine.removeVolume),
    startContainers: changing(engine.startContainers),
    pauseContainers: changing(engine.pauseContainers),
    runContainer: changing(engine.runContainer),
    removeContainers: changing(engine.removeContainers),
    removeNetwork: changing(engine.removeNetwork),
    pull: changing(engine.pull),
    build: changing(engine.build),
    tag: changing(engine.tag),
    push: changing(engine.push),
  }
}
