import { connect } from 'node:net'
import type { Engine } from '../engine/engine.ts'
import { portOfPush } from '../load/push-as.ts'
import type { Undo } from '../undo.ts'

/** Names that images have while they are pushed to this machine: a push that was killed leaves its own, to where nobody listens. */
export const pushNamesUndo = (engine: Engine): Undo => ({
  title: 'names of pushes that were killed',
  run: async () => {
    const names = (await engine.imagesWith()).flatMap((name) => {
      const port = portOfPush(name)
      return port === undefined ? [] : [{ name, port }]
    })
    const left = await Promise.all(names.map(async ({ name, port }) => ((await isListening(port)) ? [] : [name])))
    await Promise.all(left.flat().map(engine.removeImage))
    return { removed: left.flat().map((name) => `image name ${name}`), kept: [], said: [] }
  },
})

const isListening = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect({ host: '127.0.0.1', port })
    for (const [event, is] of [
      ['connect', true],
      ['error', false],
    ] as const)
      socket.on(event, () => {
        socket.destroy()
        done(is)
      })
  })
