/** One way to go on: what would stand in the line, and what it is. One that ends in `=` wants more behind it. */
export type Offer = { readonly value: string; readonly about: string }

/** What the shell offers: words of ours, or the files or folders that it knows better. */
export type Offers = { readonly kind: 'values' | 'files' | 'folders'; readonly values: readonly Offer[] }

/** How the shells read it: a line that says what kind it is, then one line an offer, with a tab before what it is. */
export const offersText = ({ kind, values }: Offers): string =>
  [`:${kind}`, ...values.map(({ value, about }) => `${value}\t${about.replaceAll(/\s+/g, ' ')}`)].join('\n')

/** Offers that begin as the word does, each once. */
export const beginning = (word: string, values: readonly Offer[]): Offers => ({
  kind: 'values',
  values: [
    ...new Map(values.filter(({ value }) => value.startsWith(word)).map((offer) => [offer.value, offer])).values(),
  ],
})
