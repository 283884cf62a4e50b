/** What a container of a pod says, by the beginning of the pod's name: the last lines, as the query wants. */
export const logOf = (
  logs: Readonly<Record<string, string>> = {},
  name = '',
  query: URLSearchParams = new URLSearchParams(),
): string => {
  const text = Object.entries(logs).find(([start]) => name.startsWith(start))?.[1] ?? ''
  const lines = text.split('\n').filter((line) => line !== '')
  return lines
    .slice(-Number(query.get('tailLines') ?? lines.length))
    .map((line) => `${line}\n`)
    .join('')
}
