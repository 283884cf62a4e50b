import { readlinkSync, realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { isInside } from '../../core/paths.ts'

/** Where a link leads, if that is out of the tree at `root`: by what is written in it, or by other links on its way. */
export const leavingLink = (link: string, root: string): string | undefined => {
  const target = readlinkSync(link)
  if (!isInside(resolve(dirname(link), target), root)) return target
  try {
    // The other one takes `..` by its letters.
    return isInside(realpathSync.native(link), realpathSync.native(root)) ? undefined : target
  } catch {
    // It leads nowhere, or in a circle.
    return undefined
  }
}

/** What is said of one. */
export const leavesTree = (link: string, target: string): { readonly message: string; readonly hint: string } => ({
  message: `The link ${link} leads out of the working tree, to ${target}.`,
  hint: 'Take the link away, or have git ignore it: what lies outside cannot be in what a GitOps controller reads.',
})
