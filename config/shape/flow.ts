/** A value the way it would be written in the file, on one line: `{ chart: ./charts/x, values: [a, b] }`. */
export const flow = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(flow).join(', ')}]`
  if (value !== null && typeof value === 'object') {
    const pairs = Object.entries(value).map(([key, inner]) => `${flow(key)}: ${flow(inner)}`)
    return pairs.length === 0 ? '{}' : `{ ${pairs.join(', ')} }`
  }
  return typeof value === 'string' && !isPlain(value) ? JSON.stringify(value) : String(value)
}

/** Whether YAML reads an unquoted text as that text, in a list or map on one line too. */
const isPlain = (text: string): boolean =>
  /^([A-Za-z_]|\.{0,2}\/)[\w./@=-]*(:[\w./@=-]+)*$/.test(text) && !/^(true|false|null|yes|no|on|off|~)$/i.test(text)
