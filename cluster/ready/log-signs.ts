/** What a line of a log shows, in words, and what would help. */
export type LogCause = {
  /** `the name db does not resolve` */
  readonly why: string
  readonly hints: readonly string[]
  /** As it was said. */
  readonly line: string
}

type Sign = {
  readonly sign: RegExp
  readonly why: (match: RegExpExecArray) => string
  readonly hints: readonly string[]
}

const unresolved = [
  'Is there a Service of that name, and in that namespace? From another namespace it is called NAME.NAMESPACE.',
  'kubectl get services --all-namespaces',
]
const refused = [
  'Does what it asks for run and listen there? Inside a pod `localhost` is the pod itself: a Service is called by its name.',
  'A program that starts before its database may try again by itself, or `needs` names what has to be there first.',
]
const readOnly = [
  'Mount an `emptyDir` volume where it writes, or take `readOnlyRootFilesystem` out of its `securityContext`.',
]
const notAllowed = [
  'Which user is it (`runAsUser`, or USER of the image), and whose are the files? `fsGroup` gives a volume to a group.',
]
const oldPassword = [
  'A database takes its password when its volume is first made: later ones count only after it is changed inside, or the volume is deleted.',
]

/** What programs of any kind say, the most telling first. */
export const logSigns: readonly Sign[] = [
  {
    sign: /exec format error/i,
    why: () => 'its program is for another kind of processor, or a script without `#!` in its first line',
    hints: ['An image of yours is built for the nodes when its `build` says no `platform`.'],
  },
  {
    sign: /User \\?"system:serviceaccount:([^"\\]+)\\?" cannot (\w+) resource \\?"([^"\\]+)\\?"/,
    why: ([, account, verb, resource]) => `the account ${account} may not ${verb} ${resource}`,
    hints: ['A Role and a RoleBinding for its ServiceAccount allow it; `serviceAccountName` names the account.'],
  },
  {
    sign: /no matches for kind \\?"([^"\\]+)\\?" in version \\?"([^"\\]+)\\?"|the server could not find the requested resource \(\w+ ([\w.-]+)\)/,
    why: ([, kind, version, resource]) =>
      `the cluster does not know ${kind === undefined ? resource : `${kind} of ${version}`}`,
    hints: ['Its CustomResourceDefinition has to come first: `crds`, or the add-on that brings it.'],
  },
  {
    sign: /getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (\S+)|lookup (\S+?)(?: on \S+)?: (?:no such host|server misbehaving)|could not translate host name "([^"]+)"|UnknownHostException: (\S+?):?(?:\s|$)|Could not resolve host: (\S+)|bad address '([^']+)'|can't resolve '([^']+)'/,
    why: (match) => `the name ${match.slice(1).find((one) => one !== undefined)} does not resolve`,
    hints: unresolved,
  },
  {
    sign: /lookup (\S+?) on (\S+): (?:read \S+ \S+: )?i\/o timeout|dial udp \S+:53: /,
    why: ([, name, server]) =>
      name === undefined ? 'no name server answers' : `the name server ${server} does not answer (for ${name})`,
    hints: [
      'kubectl --namespace kube-system get pods --selector k8s-app=kube-dns   # do the name servers run?',
      'A NetworkPolicy with `egress` has to allow port 53 to kube-system too.',
    ],
  },
  {
    sign: /gaierror|Name or service not known|Temporary failure in name resolution|nodename nor servname/,
    why: () => 'a name does not resolve',
    hints: unresolved,
  },
  {
    sign: /(?:listen tcp |bind\(\) to |listen EACCES: permission denied )(\S+?):(\d+)(?:: bind: permission denied| failed \(13|\s|$)/,
    why: ([, , port]) => `it may not listen on port ${port}: only root may below 1024`,
    hints: ['Let it listen on a port from 1024 on, and the Service lead there with `targetPort`.'],
  },
  {
    sign: /EADDRINUSE|address already in use|Address in use/i,
    why: () => 'the port that it wants to listen on is taken in its pod',
    hints: [
      'Do two containers of the pod listen on the same port? With `hostNetwork` the ports are those of the node.',
    ],
  },
  { sign: /Read-only file system|EROFS/i, why: () => 'its file system is read-only', hints: readOnly },
  {
    sign: /Permission denied: '([^']+)'|EACCES: permission denied, \w+ '([^']+)'|(?:open|mkdir|create|unlink|rename) (\/\S+?): permission denied|cannot (?:create|open|touch)[^:]* ['‘"]?(\/[^'’":]+)['’"]?: Permission denied|could not (?:open|create)[^"]*"(\/[^"]+)"[^:]*: Permission denied/i,
    why: (match) => `it may not write ${match.slice(1).find((one) => one !== undefined)}`,
    hints: notAllowed,
  },
  {
    sign: /permission denied|operation not permitted/i,
    why: () => 'it may not do what it wants to',
    hints: notAllowed,
  },
  {
    sign: /no space left on device|ENOSPC/i,
    why: () => 'no space is left on its disk',
    hints: ['docker system df   # what the engine holds', 'docker system prune   # removes what is not used'],
  },
  {
    sign: /too many open files|EMFILE|inotify_(?:init|add_watch)/i,
    why: () => 'it ran out of files or file watches (too many open files)',
    hints: ['sudo sysctl -w fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512'],
  },
  {
    sign: /certificate has expired or is not yet valid|CERT_NOT_YET_VALID|CERT_HAS_EXPIRED|certificate is not yet valid/i,
    why: () => 'a certificate has expired or is not valid yet, by the clock of the nodes',
    hints: [
      'date; docker run --rm IMAGE date   # a virtual machine whose computer slept may be behind: restart the engine',
    ],
  },
  {
    sign: /certificate signed by unknown authority|self[- ]signed certificate|unable to get local issuer certificate|CERTIFICATE_VERIFY_FAILED/i,
    why: () => 'it does not trust a certificate that it was shown',
    hints: ['The authority has to be in the image, or mounted and named: SSL_CERT_FILE, NODE_EXTRA_CA_CERTS.'],
  },
  {
    sign: /proxyconnect tcp|Proxy CONNECT aborted|Could not resolve proxy|tunneling socket could not be established/i,
    why: () => 'it asks a proxy that does not let it through',
    hints: [
      'HTTP_PROXY and HTTPS_PROXY of a container are its own affair: `localhost` there is the pod, and NO_PROXY needs .svc, .cluster.local and the networks of pods and Services.',
    ],
  },
  {
    sign: /password authentication failed for user "([^"]+)"|Access denied for user '([^']+)'|WRONGPASS|Authentication failed/i,
    why: (match) => {
      const user = match[1] ?? match[2]
      return `its login${user === undefined ? '' : ` as ${user}`} is refused`
    },
    hints: oldPassword,
  },
  {
    sign: /database files are incompatible with server|was initialized by PostgreSQL version (\d+)/,
    why: () => 'its volume was made by another version of the database',
    hints: ['Go back to that version, or delete the PersistentVolumeClaim, with what it holds.'],
  },
  {
    sign: /relation "([^"]+)" does not exist|no such table: (\S+)|Table '([^']+)' doesn't exist/,
    why: (match) => `there is no table ${match.slice(1).find((one) => one !== undefined)}`,
    hints: ['Has the migration run? A Job that a hook or `needs` puts before it does.'],
  },
  {
    sign: /ModuleNotFoundError: No module named '([^']+)'|Cannot find (?:module|package) '([^']+)'|ClassNotFoundException: (\S+)/,
    why: (match) => `${match.slice(1).find((one) => one !== undefined)} is not in its image`,
    hints: ['Build the image again with what it needs, and look at `.dockerignore` and `workingDir`.'],
  },
  {
    sign: /JavaScript heap out of memory|java\.lang\.OutOfMemoryError|MemoryError|Cannot allocate memory/,
    why: () => 'it ran out of memory',
    hints: ['Raise `resources.limits.memory` of the container, or let its program take less.'],
  },
  {
    sign: /Loop \(\S+ -> :53\) detected/,
    why: () => 'the name server asks itself: the resolver of the nodes leads back to it',
    hints: [
      'The engine gives its containers a name server on 127.0.0.1: set `dns` in its configuration, and start it again.',
    ],
  },
  {
    sign: /(?:connect )?ECONNREFUSED (\S+)|dial tcp (\S+): connect: connection refused|connection to server at "([^"]+)"[^,]*, port (\d+) failed: Connection refused|connection refused/i,
    why: (match) => {
      const at = match[1] ?? match[2] ?? (match[3] === undefined ? undefined : `${match[3]}:${match[4]}`)
      return at === undefined ? 'what it asks refuses the connection' : `${at} refuses the connection`
    },
    hints: refused,
  },
  {
    sign: /dial tcp (\S+): (?:connect: connection timed out|i\/o timeout)|ETIMEDOUT (\S+)|connection timed out|no route to host/i,
    why: (match) => `${match[1] ?? match[2] ?? 'what it asks'} does not answer`,
    hints: ['Does a NetworkPolicy stand between, or has the Service no pod that is ready?'],
  },
]

/** What the last telling line of a log shows; undefined where none is known. */
export const logCause = (log: string): LogCause | undefined => {
  for (const line of log.split('\n').toReversed()) {
    for (const { sign, why, hints } of logSigns) {
      const match = sign.exec(line)
      if (match) return { why: why(match), hints, line: line.trim().slice(0, 300) }
    }
  }
  return undefined
}
