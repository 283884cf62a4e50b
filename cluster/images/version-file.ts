/** The version in a version.txt: a line `1.2.3`, or the lines MAJOR_VERSION=1, MINOR_VERSION=2, PATCH_VERSION=3. */
export const versionIn = (text: string): string | undefined => {
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
  const part = (name: string): string | undefined =>
    lines
      .map((line) => /^(?:export\s+)?(\w+)\s*[:=]\s*"?(\d+)"?$/.exec(line))
      .find((match) => match?.[1] === `${name}_VERSION`)?.[2]
  const parts = ['MAJOR', 'MINOR', 'PATCH'].map(part)
  if (parts.every((number) => number !== undefined)) return parts.join('.')
  const [first] = lines
  return first !== undefined && lines.length === 1 && /^v?\d+(\.\d+)*([-.][\w.-]+)?$/.test(first) ? first : undefined
}
