type Send = (stop: AbortSignal) => Promise<unknown>

/** Images that travel while kind boots: its node containers run long before there is an API that anything could wait for. */
export type EarlyLoads = {
  /**
   * Sends to these node containers as soon as those of this run stand, and never to a cluster that is there already.
   * Whoever needs the images asks for them again, finds it done, and has the failure where it is not.
   */
  send(send: Send): void
  /** Ends what is still on its way. */
  end(): Promise<void>
}

/** `onNodes` is given what to do each time the nodes of a new cluster stand. */
export const makeEarlyLoads = (onNodes: (stand: () => void) => void): EarlyLoads => {
  const stop = new AbortController()
  const wanted: Send[] = []
  const underWay = new Set<Promise<void>>()
  let areUp = false
  const begin = (send: Send): void => {
    if (stop.signal.aborted) return
    const sent = send(stop.signal)
      .catch(() => undefined)
      .then(() => void underWay.delete(sent))
    underWay.add(sent)
  }
  onNodes(() => {
    areUp = true
    for (const one of wanted) begin(one)
  })
  return {
    send: (send) => {
      wanted.push(send)
      if (areUp) begin(send)
    },
    end: async () => {
      stop.abort()
      await Promise.all(underWay)
    },
  }
}
