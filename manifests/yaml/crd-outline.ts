/**
 * A CustomResourceDefinition's text without its schemas. Parsing those of Argo CD takes two seconds,
 * and what a plan asks (group, names, scope, versions) stands outside them.
 */
export const crdOutline = (text: string): string => {
  const schema = /^( *)openAPIV3Schema:[ \t]*\r?\n/gm
  const kept: string[] = []
  let from = 0
  for (;;) {
    schema.lastIndex = from
    const found = schema.exec(text)
    if (!found) return [...kept, text.slice(from)].join('')
    const indent = found[1]?.length ?? 0
    kept.push(text.slice(from, found.index), `${found[1]}openAPIV3Schema: {}\n`)
    // Up to the next line that is not deeper: a million characters, so no line is looked at twice.
    const after = new RegExp(`^ {0,${indent}}[^\\s]`, 'gm')
    after.lastIndex = found.index + found[0].length
    from = after.exec(text)?.index ?? text.length
  }
}

export const isCrdText = (text: string): boolean => /^kind:[ \t]+["']?CustomResourceDefinition\b/m.test(text)
