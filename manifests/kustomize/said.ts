/** What kubectl kustomize said, without the frame that some versions put around it. */
export const kustomizeSaid = (stderr: string): string => {
  const framed = /"command failed" err=(?:<([\s\S]*?)\n?\s*>\s*$|"((?:\\.|[^"\\])*)")/m.exec(stderr)
  const text = framed?.[1] ?? framed?.[2]?.replaceAll('\\"', '"').replaceAll('\\n', '\n') ?? stderr
  return text
    .split('\n')
    .filter((line) => !/^(?:#|W\d{4}|Warning)/i.test(line))
    .map((line) => line.trim())
    .join(' ')
    .replace(/^\s*error: /i, '')
    .trim()
}
