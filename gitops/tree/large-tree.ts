/** Above this a tree is said to be large, in bytes. */
const large = 50 * 1024 * 1024

/** What is said of a working tree that is large, with the files that make it so; undefined of one that is not. Sizes in bytes. */
export const saysLarge = (
  sizes: readonly (readonly [path: string, bytes: number])[],
  most: number = large,
): string | undefined => {
  const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0)
  if (total <= most) return undefined
  const largest = sizes
    .toSorted(([, a], [, b]) => b - a)
    .filter(([, bytes], index) => index === 0 || (index < 3 && bytes * 100 >= total))
    .map(([path, bytes]) => `${path} (${megabytes(bytes)})`)
  return `The working tree is ${megabytes(total)}, and all of it is packed for the GitOps controller: ${largest.join(', ')}. A line in .gitignore leaves files out, gitops.root names the part that is needed.`
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`
