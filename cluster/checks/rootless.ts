import { withEngine, type Check } from './check.ts'

const file = '/etc/systemd/system/user@.service.d/delegate.conf'
const settings = '[Service]\nDelegate=cpu cpuset io memory pids\n'

export const rootlessCheck: Check = {
  id: 'rootless',
  title: 'a rootless engine has the cgroups that kind needs',
  run: (dependencies) =>
    withEngine(dependencies, async ({ name, info }) => {
      const { rootless, cgroupVersion, missingControllers = [] } = await info()
      if (!rootless) return { state: 'ok', evidence: `${name} is not rootless` }
      const evidence = `${name} is rootless, cgroup v${cgroupVersion}`
      if (cgroupVersion === 1)
        return {
          state: 'failed',
          cause: `${name} is rootless and on cgroup v1, where it may limit nothing: kind refuses that.`,
          evidence,
          fix: 'Boot the machine with cgroup v2 (systemd.unified_cgroup_hierarchy=1), or use the engine as root.',
        }
      if (missingControllers.length === 0) return { state: 'ok', evidence }
      const afterwards = 'Log out and in again (or restart the machine), and start the engine again.'
      return {
        state: 'failed',
        cause: `systemd does not give ${name} the cgroup controllers that kind needs: ${missingControllers.join(', ')}.`,
        evidence,
        fix: [
          `sudo mkdir -p ${file.slice(0, file.lastIndexOf('/'))}`,
          `printf '${settings.replaceAll('\n', String.raw`\n`)}' | sudo tee ${file}`,
          'sudo systemctl daemon-reload',
          afterwards,
          'https://kind.sigs.k8s.io/docs/user/rootless/',
        ].join('\n'),
        repair: {
          title: `delegate cgroup controllers to users (${file})`,
          steps: [
            { command: ['mkdir', '-p', file.slice(0, file.lastIndexOf('/'))], asRoot: true },
            { command: ['tee', file], asRoot: true, input: settings },
            { command: ['systemctl', 'daemon-reload'], asRoot: true },
          ],
          afterwards,
        },
      }
    }),
}
