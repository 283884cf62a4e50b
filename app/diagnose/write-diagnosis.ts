import process from 'node:process'
import { secretTexts } from '../../cluster/diagnose/secret-texts.ts'
import { findCauses, type Cause } from '../../cluster/diagnose/find-causes.ts'
import { newFolder, openFolder, sweepDiagnoses } from '../../cluster/diagnose/folder.ts'
import type { Diagnosis } from '../../cluster/diagnose/diagnosis.ts'
import { journalCauses, seeGround, unseenGround } from '../../cluster/diagnose/ground.ts'
import { seeCluster, type Evidence } from '../../cluster/diagnose/evidence.ts'
import type { Finding } from '../../cluster/diagnose/finding.ts'
import { indexPage } from '../../cluster/diagnose/index-page.ts'
import { writeCluster, writeGround } from '../../cluster/diagnose/write-cluster.ts'
import type { Engine } from '../../cluster/engine/engine.ts'
import type { Kube } from '../../cluster/kube/kube.ts'
import { KindupError } from '../../core/errors.ts'
import { redacted } from '../../core/mask/redacted.ts'
import { secretValues } from '../../core/mask/secret-values.ts'
import { cacheFolder } from '../../core/paths.ts'
import type { App } from '../app.ts'
import { version } from '../version.ts'

/** What a diagnosis is made of, as far as whoever asks for it knows. */
export type Subject = {
  /** Undefined where a file that cannot be read is all that would tell it. */
  readonly name: string | undefined
  /** Left out where the cluster is an existing one: its nodes are others' affair. */
  readonly engine?: () => Promise<Engine>
  readonly kube: () => Promise<Kube>
  /** Texts that no file may show, beside what is known by itself. */
  readonly secrets: Iterable<string>
  /** Files of what only the asker knows: the plan, the configuration. */
  readonly files: Readonly<Record<string, string>>
  /** What was found wrong before anybody asked the cluster. */
  readonly findings: readonly Finding[]
  /** Why a run failed. */
  readonly failed?: string
  /** Why it could not make the cluster: whatever nodes there were, it took away again. */
  readonly unmade?: Finding
  /** Where to; a folder of the cache where it is left out. */
  readonly out?: string
}

/** Looks at everything that can be seen of a cluster, and writes it down. Throws ConfigError for `out`, `not-written`, and the stop of `signal`. */
export const writeDiagnosis = async (app: App, subject: Subject, signal: AbortSignal): Promise<Diagnosis> => {
  const { name, engine, files, failed } = subject
  const now = new Date()
  const ground = engine && name !== undefined ? await seeGround(engine, name, signal) : unseenGround
  const isThere = name !== undefined && (!engine || ground.containers.some(({ running }) => running))
  const { evidence, hidden } = isThere ? await seeThrough(subject.kube, signal) : nothingSeen
  const secrets = [...subject.secrets, ...secretValues(app.env), ...hidden]
  const cache = cacheFolder(app.env)
  const folder = await openFolder(subject.out ?? (await newFolder(cache, name ?? 'unnamed', now)), secrets)
  const isSilent = isThere && evidence.objects.length === 0
  const isUnready = evidence.objects.some(
    ({ kind, status }) => kind === 'Node' && !JSON.stringify(status).includes('"True"'),
  )
  // That there is no cluster yet is no cause: what keeps it from being made is one.
  const isYetToCome = ground.containers.length === 0 && !ground.hasMarker && ground.engine !== undefined
  const isUnmade = subject.unmade !== undefined && ground.engine !== undefined && ground.containers.length === 0
  const below = isUnmade ? [subject.unmade] : ground.findings
  const findings = [
    ...(isYetToCome ? [...subject.findings, ...below] : [...below, ...subject.findings]),
    ...(isSilent || isUnready ? journalCauses(ground) : []),
    ...(isSilent ? [silence(evidence)] : []),
  ]
  const causes = findCauses(evidence, failed, findings).map((cause) => shownCause(cause, secrets))
  await folder.write('about.json', JSON.stringify(aboutThis(app), undefined, 2))
  for (const [file, text] of Object.entries(files)) await folder.write(file, text)
  await writeGround(folder, ground)
  await writeCluster(folder, evidence, causes)
  const seen = {
    cluster: name ?? 'A cluster without a name',
    now,
    causes,
    unanswered: evidence.unanswered,
    ...(failed !== undefined && { failed }),
  }
  await folder.write('index.md', indexPage(seen, folder.files))
  if (subject.out === undefined) await sweepDiagnoses(cache)
  return { folder: folder.path, causes, unanswered: evidence.unanswered }
}

const nothingSeen = {
  evidence: { objects: [], logs: new Map(), unanswered: [], now: 0 } satisfies Evidence,
  hidden: [] as readonly string[],
}

const seeThrough = async (
  find: () => Promise<Kube>,
  signal: AbortSignal,
): Promise<{ readonly evidence: Evidence; readonly hidden: readonly string[] }> => {
  try {
    const kube = await find()
    const evidence = await seeCluster(kube, signal)
    if (evidence.objects.length === 0) return { evidence, hidden: [] }
    const names = evidence.objects.flatMap(({ metadata }) => [metadata.name, metadata.namespace ?? ''])
    return { evidence, hidden: await secretTexts(kube, new Set(names)) }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof KindupError)) throw error
    return { ...nothingSeen, evidence: { ...nothingSeen.evidence, unanswered: [error.message] } }
  }
}

const silence = ({ unanswered }: Evidence): Finding => ({
  about: 'the Kubernetes API',
  cause: 'the nodes run, and their API does not answer',
  evidence: unanswered.slice(0, 2),
  hints: ['kindup up   # starts it again, or says why it cannot', 'nodes/ in the folder has the logs of the kubelet'],
  depth: 'machine',
})

const shownCause = (cause: Cause, secrets: readonly string[]): Cause => ({
  ...cause,
  cause: redacted(cause.cause, secrets),
  evidence: cause.evidence.map((line) => redacted(line, secrets)),
})

/** Values of flags may be passwords. */
const aboutThis = ({ argv, cwd }: App): object => ({
  kindup: version(),
  node: process.version,
  platform: process.platform,
  architecture: process.arch,
  called: argv.map((word) => (word.includes('=') ? `${word.slice(0, word.indexOf('='))}=…` : word)),
  folder: cwd,
})
