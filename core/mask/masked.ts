/** The text with every secret replaced by ***. Very short ones are left: masking them would only garble the text. */
export const masked = (text: string, secrets: readonly string[] = []): string =>
  secrets
    .filter((secret) => secret.length >= 3)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shownSoFar, secret) => shownSoFar.replaceAll(secret, '***'), text)
