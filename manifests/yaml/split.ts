/** One document of a stream and the line (from 1) that its text begins at. */
export type DocumentText = { readonly text: string; readonly line: number }

/**
 * Cuts a stream at its `---` lines, which no block of a Kubernetes object can hold at column 0.
 * Documents are parsed one by one after that, so that a broken one leaves the others readable.
 */
export const splitDocuments = (stream: string): readonly DocumentText[] => {
  const documents: DocumentText[] = []
  let start = 0
  let line = 1
  const end = (until: number) => {
    const text = stream.slice(start, until)
    if (!isEmpty(text)) documents.push({ text, line })
    line += text.split('\n').length - 1
    start = until
  }
  for (const { index } of stream.matchAll(/^---(?=[ \t\r\n]|$)/gm)) if (index > 0) end(index)
  end(stream.length)
  return documents
}

/** Blank lines, comments and marks of documents only, a byte order mark before them included. */
const isEmpty = (text: string): boolean =>
  !/^\uFEFF?(?!---(?:\s|$)|\s*#|\s*$|\.\.\.\s*$|\uFEFF).+/m.test(text) && !/^---[ \t]+[^\s#]/m.test(text)

/** What stands behind `---` on its line, comments aside: kubectl takes that for no separator. */
export const behindSeparator = (text: string): string | undefined =>
  /^---[ \t]+([^\s#][^\r\n]*)/.exec(text)?.[1]?.trim()
