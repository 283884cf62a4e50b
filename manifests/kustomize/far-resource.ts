type FarResource = {
  /** As the kustomization has it. */
  readonly resource: string
  /** What the last program that tried said, as the end of a sentence. */
  readonly why: string
  /** Asks for the same. */
  readonly command: string
}

/**
 * What a kustomization takes from the network and did not get, from the words of kustomize: it looks for a file first, asks for a
 * page next, and runs `git fetch` last. Source: kustomize, `api/internal/target/kusttarget.go` and `api/internal/git/cloner.go`.
 */
export const farResource = (said: string): FarResource | undefined => {
  const resource = [...said.matchAll(/accumulating (?:resources|components) from '([^']+)'/g)].at(-1)?.[1]
  const [, repository] = /git fetch (?:--\S+ )*(\S+)/.exec(said) ?? []
  const [, page, unanswered] = /Get "([^"]+)": (.+?)(?=': |$)/.exec(said) ?? []
  if (resource === undefined || (repository === undefined && page === undefined)) return undefined
  const [, fatal] = /fatal: (.+?)\s*(?:: exit status \d+)?$/.exec(said) ?? []
  const why = unanswered ?? fatal ?? said.split("': ").at(-1) ?? said
  return {
    resource,
    why: /[.!?]$/.test(why) ? why : `${why}.`,
    command: page === undefined ? `git ls-remote ${repository}` : `curl -fsS -o /dev/null ${page}`,
  }
}
