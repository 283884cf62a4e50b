/** The minor of `1.36.4`, `v1.36`, `kindest/node:v1.36.4@sha256:…`; undefined where no version can be read. */
export const minorOf = (kubernetes: string | undefined): number | undefined => {
  const found = /(?:^|:)v?1\.(\d+)/.exec(kubernetes ?? '')
  return found ? Number(found[1]) : undefined
}
