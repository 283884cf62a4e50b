import { relative } from 'node:path'
import { ownRepository } from '../../config/adopt/own-repository.ts'
import type { Problem } from '../../core/problem.ts'
import { gitIgnored, type GitIgnored } from '../../gitops/tree/git-ignored.ts'
import type { Deployable } from '../deployable.ts'
import { ignoredAmong, ignoredOfChart, type IgnoredFile } from '../helm/ignored-chart-files.ts'
import { isLocal } from '../helm/locate-chart.ts'
import { kustomizationFiles } from '../kustomize/files.ts'

/**
 * Files of adopted Applications that git ignores: what is deployed here has them, and Argo CD would not find them where it
 * reads the remote. `folder`: that of the kindup file.
 */
export const ignoredByGit = (deployables: readonly Deployable[], folder: string): readonly Problem[] => {
  const adopted = deployables.filter(
    ({ delivery }) => delivery?.application !== undefined || delivery?.remote !== undefined,
  )
  if (adopted.length === 0) return []
  const { root } = ownRepository(folder)
  const ignored = gitIgnored(root)
  return adopted.flatMap((deployable) =>
    ignoredOf(deployable.source, root, ignored).map(({ file, by }): Problem => ({
      severity: deployable.delivery?.remote ? 'error' : 'warning',
      message: deployable.delivery?.remote
        ? `${relative(root, file)} is part of ${deployable.id}, and git ignores it: it is not in the remote.`
        : `${relative(root, file)} is part of what Application ${deployable.delivery?.name} deploys, and git ignores it: it is deployed here, and is missing where Argo CD reads the remote.`,
      at: { file: by.file, line: by.line },
      step: deployable.id,
      hint: `Take \`${by.text}\` away, or git add --force ${file}`,
      root: `ignored ${file}`,
    })),
  )
}

const ignoredOf = (source: Deployable['source'], root: string, ignored: GitIgnored): readonly IgnoredFile[] => {
  switch (source.kind) {
    case 'helm': {
      const values = source.values.flatMap((layer) => ('file' in layer ? [layer.file] : []))
      return isLocal(source.chart)
        ? ignoredOfChart(source.chart.chart, values, root, ignored)
        : ignoredAmong(values, root, ignored)
    }
    case 'kustomize':
      return ignoredAmong(kustomizationFiles(source.folder), root, ignored)
    case 'manifests':
      return ignoredAmong(source.paths, root, ignored)
    case 'flux':
      return []
  }
}
