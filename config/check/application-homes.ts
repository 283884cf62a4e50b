import type { Checked } from './known.ts'

/** Applications that live in a namespace that the controller does not look at. */
export const checkApplicationHomes = ({ config, findings }: Checked): void => {
  const home = config.addons.find(({ name }) => name === 'argocd')?.namespace ?? 'argocd'
  for (const { name, deploy } of config.services) {
    if (deploy.kind !== 'applications') continue
    for (const adopted of Object.values(deploy.of)) {
      const own = adopted.application?.namespace ?? home
      if (own !== home)
        findings.error({
          path: ['services', name, 'deploy', 'applications'],
          message: `Application ${adopted.name} lives in the namespace ${own}, and Argo CD in ${home}.`,
          at: adopted.at,
          hint: `addons: { argocd: { namespace: ${own} } }`,
        })
    }
  }
}
