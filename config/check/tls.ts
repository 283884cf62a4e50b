import { builtinAddons } from '../builtin-addons.ts'
import type { Checked } from './known.ts'

/** The certificate is given to an ingress controller of the file: without one nothing would serve it. */
export const checkTls = ({ config, findings, names }: Checked): void => {
  if (!config.tls) return
  const controllers = Object.keys(builtinAddons).filter((name) => builtinAddons[name]?.ingress)
  if (
    !config.addons.some(({ name }) => controllers.includes(name)) &&
    !names.addons.some((name) => controllers.includes(name))
  )
    findings.error({
      path: ['tls'],
      key: true,
      message: 'tls wants an ingress controller that serves the certificate, and the file has none.',
      hint: `Add under addons: ${controllers[0]}: true`,
    })
  config.tls.domains.forEach((domain, index) => {
    if (
      /^(\*\.)?([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?$/i.test(domain) &&
      domain.length <= 253
    )
      return
    findings.error({
      path: ['tls', 'domains', index],
      message: `tls.domains has ${JSON.stringify(domain)}, which is no domain.`,
      hint: 'Write a name such as demo.localhost: all names below it are certified too.',
    })
  })
}
