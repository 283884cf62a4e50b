/** What a kernel says of a program that it cannot run, in a status or in a log. */
export const foreignProgram = /exec format error/i

export const foreignWords =
  'its program is for another kind of processor, or a script without `#!` in its first line (exec format error)'

export const foreignHints = (engine: string): readonly string[] => [
  `${engine} image inspect --format "{{.Architecture}}" IMAGE   # and that of the nodes: kubectl get nodes -o wide`,
  'An image of yours is built for the nodes when its `build` says no `platform`; one from elsewhere has to offer theirs.',
]
