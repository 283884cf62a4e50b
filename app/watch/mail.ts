/** Events of several sources, taken one after the other. */
export type Mail<T> = {
  post(event: T): void
  /** The oldest that was not taken yet. One at a time may wait. */
  next(): Promise<T>
}

export const makeMail = <T>(): Mail<T> => {
  const events: T[] = []
  let waiting: ((event: T) => void) | undefined
  return {
    post: (event) => {
      const take = waiting
      waiting = undefined
      if (take) take(event)
      else events.push(event)
    },
    next: () => {
      const event = events.shift()
      return event === undefined ? new Promise((resolve) => (waiting = resolve)) : Promise.resolve(event)
    },
  }
}
