import { nodeImage } from '../kind/node-images.ts'
import { noFile, withEngine, type Check } from './check.ts'

export const imagesCheck: Check = {
  id: 'images',
  title: 'images of this machine fit the nodes',
  run: (dependencies) =>
    withEngine(dependencies, async (engine) => {
      const { config } = dependencies
      if (!config) return noFile
      const { architecture } = await engine.info()
      const node = nodeImage(config.cluster.kubernetes)
      const refs = [...(node === undefined ? [] : [node]), ...config.images.flatMap(({ ref }) => (ref ? [ref] : []))]
      const held = await Promise.all(refs.map(async (ref) => ({ ref, is: (await engine.image(ref))?.architecture })))
      const built = config.images.flatMap(({ key, build }) =>
        build?.platform === undefined ? [] : [{ ref: `the image of ${key}`, is: build.platform.split('/')[1] }],
      )
      const known = [...held, ...built].filter(({ is }) => is !== undefined && is !== '')
      const evidence = `nodes are ${architecture}; ${known.length} of ${refs.length + built.length} images can be told`
      const wrong = known.filter(({ is }) => is !== architecture)
      if (wrong.length === 0) return { state: 'ok', evidence }
      return {
        state: 'warning',
        cause: `${wrong.map(({ ref, is }) => `${ref} is for ${is}`).join(', ')}, and the nodes are ${architecture}: such a container ends with "exec format error" unless the engine emulates it.`,
        evidence,
        fix: wrong
          .map(({ ref }) =>
            ref.startsWith('the image of')
              ? `Build ${ref} for linux/${architecture} (build.platform), or leave that to the engine.`
              : `${engine.command} pull --platform linux/${architecture} ${ref}`,
          )
          .join('\n'),
      }
    }),
}
