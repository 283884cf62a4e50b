import type { CommandFile } from './flags/flags.ts'

type Listed = { readonly summary: string; readonly alias?: string; readonly load: () => Promise<CommandFile> }

/** The commands, each loaded only when it is the one that is asked for. */
export const commands: Readonly<Record<string, Listed>> = {
  up: {
    summary: 'make the environment of the file so, and print where everything is',
    load: async () => (await import('./flags/up.ts')).up,
  },
  down: { summary: 'take it away again, without a trace', load: async () => (await import('./flags/down.ts')).down },
  plan: { summary: 'print what up would do; change nothing', load: async () => (await import('./flags/plan.ts')).plan },
  status: { summary: 'ask every step how it stands', load: async () => (await import('./flags/status.ts')).status },
  config: {
    summary: 'print the file as it counts, and where each value comes from',
    load: async () => (await import('./flags/config.ts')).config,
  },
  render: {
    summary: 'write what would be applied into a folder',
    load: async () => (await import('./flags/render.ts')).render,
  },
  credentials: {
    summary: 'print the ways to log in',
    load: async () => (await import('./flags/credentials.ts')).credentials,
  },
  hosts: {
    summary: 'show, write or remove names in a hosts file',
    load: async () => (await import('./flags/hosts.ts')).hosts,
  },
  open: {
    summary: 'open a service or an add-on in the browser, its password on the clipboard',
    load: async () => (await import('./flags/open.ts')).open,
  },
  ui: {
    summary: 'show how everything stands in the browser, for this machine alone',
    load: async () => (await import('./flags/ui.ts')).ui,
  },
  logs: {
    summary: 'print what the containers of services and add-ons say',
    load: async () => (await import('./flags/logs.ts')).logs,
  },
  shell: {
    summary: 'open a shell, or run a program, in a container of a service or an add-on',
    load: async () => (await import('./flags/shell.ts')).shell,
  },
  forward: {
    summary: 'let ports of this machine lead into a service or an add-on',
    load: async () => (await import('./flags/forward.ts')).forward,
  },
  debug: {
    summary: 'let a debugger of this machine into a service',
    load: async () => (await import('./flags/debug.ts')).debug,
  },
  trust: {
    summary: 'have this machine trust the certificates of `tls`: system and browsers',
    load: async () => (await import('./flags/trust.ts')).trust,
  },
  untrust: {
    summary: 'undo trust, and delete the certificate authority of kindup',
    load: async () => (await import('./flags/trust.ts')).untrust,
  },
  doctor: {
    summary: 'look for what would stand in the way',
    load: async () => (await import('./flags/doctor.ts')).doctor,
  },
  diagnose: {
    summary: 'say what keeps it from working, and write all that can be seen into a folder',
    load: async () => (await import('./flags/diagnose.ts')).diagnose,
  },
  mcp: {
    summary: 'serve plan, status, diagnose and logs to coding agents (Model Context Protocol)',
    load: async () => (await import('./flags/mcp.ts')).mcp,
  },
  tools: {
    summary: 'list the programs that are used, and from where',
    load: async () => (await import('./flags/tools.ts')).tools,
  },
  init: {
    summary: 'look at a folder and write its kindup.yaml',
    load: async () => (await import('./flags/init.ts')).init,
  },
  image: {
    summary: 'set or check the images of a kustomization or values file; raise a version',
    load: async () => (await import('./flags/image.ts')).image,
  },
  completion: {
    summary: 'print the script that makes a shell complete kindup',
    load: async () => (await import('./flags/completion.ts')).completion,
  },
  sync: {
    summary: 'have the GitOps controller deploy what the files say now, and wait until it has',
    load: async () => (await import('./flags/sync.ts')).sync,
  },
  promote: {
    summary: "copy image tags, digests and versions between environments' files",
    load: async () => (await import('./flags/promote.ts')).promote,
  },
  undeploy: {
    summary: 'take services, or an environment, out of the cluster',
    load: async () => (await import('./flags/undeploy.ts')).undeploy,
  },
  rollback: {
    summary: 'make a service what it was before its last deployment',
    load: async () => (await import('./flags/rollback.ts')).rollback,
  },
  pause: {
    summary: 'freeze the cluster: nothing in it runs, ports and names stay',
    load: async () => (await import('./flags/pause.ts')).pause,
  },
  resume: {
    summary: 'let a paused or stopped cluster go on',
    load: async () => (await import('./flags/pause.ts')).resume,
  },
  snapshot: {
    summary: 'keep what the cluster holds now, and go back to it',
    load: async () => (await import('./flags/snapshot.ts')).snapshot,
  },
  bundle: {
    summary: 'everything that up fetches, in one file, for a machine without network',
    load: async () => (await import('./flags/bundle.ts')).bundle,
  },
  reset: {
    summary: 'put the cluster back as the last up left it',
    load: async () => (await import('./flags/snapshot.ts')).reset,
  },
  list: {
    summary: 'list every cluster of kindup, with age, owner and size',
    load: async () => (await import('./flags/list.ts')).list,
  },
  prune: {
    summary: 'remove the clusters whose time is over',
    load: async () => (await import('./flags/prune.ts')).prune,
  },
  // `npm test` is something else in most repositories: there the script is called smoke.
  test: {
    summary: 'run the smoke tests again',
    alias: 'smoke',
    load: async () => (await import('./flags/smoke.ts')).smoke,
  },
}
