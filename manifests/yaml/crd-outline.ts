/**
 * A CustomResourceDefinition's text without its schemas. Parsing those of Argo CD takes two seconds,
 * and what a plan asks (group, names, scope, versions) stands outside them.
 */
export const crdOutline = (text: string): string => {
  const kept: string[] = []
  let cutBelow: number | undefined
  for (const line of text.split('\n')) {
    const indent = line.length - line.trimStart().length
    if (cutBelow !== undefined && (line.trim() === '' || indent > cutBelow)) continue
    cutBelow = undefined
    const schema = /^(\s*)openAPIV3Schema:\s*$/.exec(line)
    if (schema) cutBelow = indent
    kept.push(schema ? `${schema[1]}openAPIV3Schema: {}` : line)
  }
  return kept.join('\n')
}

export const isCrdText = (text: string): boolean => /^kind:[ \t]+["']?CustomResourceDefinition\b/m.test(text)
