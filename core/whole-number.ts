declare global {
  // In every Node that kindup runs on; TypeScript's own library does not have it yet.
  interface JSON {
    rawJSON(text: string): unknown
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown
  }
}

/**
 * A whole number that a JavaScript number would round: Kubernetes knows 64 bits of them, JavaScript 53.
 * It writes itself into JSON with every digit.
 */
export class WholeNumber {
  /** Decimal, with a minus where it is negative. */
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
  toJSON(): unknown {
    return JSON.rawJSON(this.digits)
  }
  toString(): string {
    return this.digits
  }
}

/** A whole number as the smallest thing that holds it exactly. */
export const wholeNumber = (value: bigint): number | WholeNumber =>
  value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : new WholeNumber(String(value))

/** `JSON.parse` that keeps every digit of whole numbers of up to 64 bits. Throws SyntaxError. */
export const parseJson = (text: string): unknown => {
  // Only long digits can be too long for a number, and a reviver makes parsing several times as slow.
  if (!/\d{16}/.test(text)) {
    const value: unknown = JSON.parse(text)
    return value
  }
  return JSON.parse(text, (_key, value, { source = '' }) =>
    typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d{16,20}$/.test(source)
      ? wholeNumber(BigInt(source))
      : value,
  )
}
