import type { ToolName } from '../../config/config.ts'
import { EnvironmentError } from '../../core/errors.ts'
import { oldest } from './versions.ts'

/** That there is no such tool, why, and every way out. */
export const missing = (
  name: ToolName,
  reasons: readonly string[],
  { cause, cache }: { readonly cause?: EnvironmentError; readonly cache: string },
): EnvironmentError => {
  const why = reasons.length > 0 ? reasons.join('; ') : 'none is on the PATH'
  const fromNetwork = cause?.code === 'download-failed'
  return new EnvironmentError(
    cause?.code === 'checksum-wrong' ? cause.code : 'tool-missing',
    `There is no ${name} to work with: ${why}`.replace(/\.?$/, '.'),
    {
      hints: [
        ...(cause?.hints ?? []),
        `Install ${name} ${oldest[name]} or newer: ${installPages[name]}`,
        ...(fromNetwork
          ? [
              'Behind a proxy: HTTPS_PROXY=http://proxy.example:3128 kindup up',
              'With a mirror: KINDUP_TOOLS_MIRROR=https://mirror.example/tools kindup up',
              `Without a network: \`kindup tools --download\` where there is one, and copy ${cache} from there`,
            ]
          : []),
        ...(cause ? [] : [`Or let kindup download it, with a network: tools: { ${name}: download }`]),
        `Or put it on the PATH and say so in the file: tools: { ${name}: path }`,
      ],
      cause,
    },
  )
}

const installPages: Readonly<Record<ToolName, string>> = {
  kind: 'https://kind.sigs.k8s.io/docs/user/quick-start/#installation',
  kubectl: 'https://kubernetes.io/docs/tasks/tools/',
  helm: 'https://helm.sh/docs/intro/install/',
}
