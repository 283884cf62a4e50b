import { readValue } from '../yaml/read-value.ts'

/** A patch as kustomize reads it: what begins with a bracket it takes for JSON, and a list of YAML in one line would not do. */
export const asKustomizeReads = (patch: string): string => {
  if (!patch.trimStart().startsWith('[')) return patch
  try {
    return JSON.stringify(readValue(patch, 'go3'))
  } catch {
    return patch
  }
}
