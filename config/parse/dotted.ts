/** `spec.sidecars[].image` → its keys, `[]` for every element of a list; `\.` is a dot of a key. Undefined: it is no path. */
export const parseDotted = (text: string): readonly string[] | undefined => {
  const part = String.raw`\[(?:\*?|"[^"]+")\]|(?:[^.[\]\\]|\\.)+`
  if (!new RegExp(`^(?:${part})(?:\\.?\\[(?:\\*?|"[^"]+")\\]|\\.(?:[^.[\\]\\\\]|\\\\.)+)*$`).test(text))
    return undefined
  return [...text.matchAll(new RegExp(part, 'g'))].map(([found]) => {
    if (found === '[]' || found === '[*]') return '[]'
    return found.startsWith('[') ? found.slice(2, -2) : found.replaceAll(/\\(.)/g, '$1')
  })
}
