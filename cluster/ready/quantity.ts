const suffixes: Readonly<Record<string, number>> = {
  '': 1,
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
}

/** A Kubernetes quantity (`250m`, `1.5Gi`, `2e3`, with blanks around it) as a number; undefined for what is none. */
export const quantity = (text: unknown): number | undefined => {
  const [, decimal, whole, suffix = ''] =
    /^(?:([+-]?\d*\.?\d+(?:[eE][+-]?\d+)?)|([+-]?\d+\.))([a-zA-Z]*)$/.exec(String(text).trim()) ?? []
  const amount = decimal ?? whole
  const factor = Object.hasOwn(suffixes, suffix) ? suffixes[suffix] : undefined
  return amount === undefined || factor === undefined ? undefined : Number(amount) * factor
}

/** Whether one amount is more than another, by more than what is lost in calculating: 700m is 0.7. */
export const isMore = (amount: number, than: number): boolean => amount > than + Math.abs(than) * 1e-9
