import { writeObject } from '../../../manifests/yaml/write.ts'

/** Objects as the text of a manifest, with what it lacks at its top. */
export const manifestText = (
  objects: readonly Readonly<Record<string, unknown>>[],
  from: string,
  left: readonly string[],
): string => {
  const head = [
    `# Made by \`kindup init\` from ${from}; yours to change.`,
    ...(left.length === 0 ? [] : ['# Not taken over:', ...left.map((what) => `# - ${what.replaceAll(/\s+/g, ' ')}`)]),
  ]
  return `${head.join('\n')}\n${objects.map(writeObject).join('---\n')}`
}
