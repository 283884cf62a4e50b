/** References of images, and the node containers that they go to. */
type Cargo = { readonly images: readonly string[]; readonly containers: readonly string[] }
type Send = (stop: AbortSignal) => Promise<unknown>

/** Images that travel while kind boots: its node containers run long before there is an API that anything could wait for. */
export type EarlyLoads = {
  /**
   * Sends to these node containers as soon as those of this run stand, and never to a cluster that is there already.
   * Whoever needs the images sends them once more, finds it done, and has the failure where it is not.
   */
  send(cargo: Cargo, send: Send): void
  /** Until none of these is on its way to any of these: nothing travels twice. */
  arrived(cargo: Cargo): Promise<void>
  /** Ends what is still on its way. */
  end(): Promise<void>
}

/** `onNodes` is given what to do each time the nodes of a new cluster stand. */
export const makeEarlyLoads = (onNodes: (stand: () => void) => void): EarlyLoads => {
  const stop = new AbortController()
  const wanted: { readonly cargo: Cargo; readonly send: Send }[] = []
  const underWay = new Map<Promise<void>, Cargo>()
  let standing = false
  const begin = ({ cargo, send }: (typeof wanted)[number]): void => {
    if (stop.signal.aborted) return
    const sent = send(stop.signal)
      .catch(() => undefined)
      .then(() => void underWay.delete(sent))
    underWay.set(sent, cargo)
  }
  onNodes(() => {
    standing = true
    for (const one of wanted) begin(one)
  })
  return {
    send: (cargo, send) => {
      if (cargo.containers.length === 0) return
      const one = { cargo, send }
      wanted.push(one)
      if (standing) begin(one)
    },
    arrived: async ({ images, containers }) => {
      const same = [...underWay].filter(
        ([, other]) =>
          other.images.some((image) => images.includes(image)) &&
          other.containers.some((container) => containers.includes(container)),
      )
      await Promise.all(same.map(([sent]) => sent))
    },
    end: async () => {
      stop.abort()
      await Promise.all(underWay.keys())
    },
  }
}
