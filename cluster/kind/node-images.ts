import gt from 'semver/functions/gt.js'
import lte from 'semver/functions/lte.js'
import rcompare from 'semver/functions/rcompare.js'
import valid from 'semver/functions/valid.js'
import { ConfigError } from '../../core/errors.ts'
import type { Place } from '../../core/problem.ts'

type Env = Readonly<Record<string, string | undefined>>

type Release = { readonly kind: string; readonly images: Readonly<Record<string, string>> }

/**
 * The node images of each kind release, newest first. Read in kind's own sources and nowhere else: the default of
 * every release in pkg/apis/config/defaults/image.go at its tag, the others of v0.33.0 and v0.25.0 in the notes of
 * these releases (https://github.com/kubernetes-sigs/kind/releases/tag/v0.33.0 and …/v0.25.0). A kind supports only
 * the images of its own release for certain, and the same tag was built again for later releases: hence by release.
 */
const releases: readonly Release[] = [
  {
    kind: '0.33.0',
    images: {
      '1.37.0': 'sha256:a1ed56cfb0e7b93589bdf97c8cd566405a265939e3620fc4f5de89adff580ae5',
      '1.36.4': 'sha256:099e049362a1526b2db71494e1947aae99bd16290d7c895f2b7ea312e3cbfaed',
      '1.35.8': 'sha256:07b2536e30b803ed61d1677a79df6115f798ce64c80f9e22f6ed45afd09323c0',
      '1.34.11': 'sha256:44e222ee2132dab25ff87301682f89eb82c7880ea3a1bf543bfe9708fd08d67d',
    },
  },
  { kind: '0.32.0', images: { '1.36.1': 'sha256:3489c7674813ba5d8b1a9977baea8a6e553784dab7b84759d1014dbd78f7ebd5' } },
  { kind: '0.31.0', images: { '1.35.0': 'sha256:452d707d4862f52530247495d180205e029056831160e22870e37e3f6c1ac31f' } },
  { kind: '0.30.0', images: { '1.34.0': 'sha256:7416a61b42b1662ca6ca89f02028ac133a309a2a30ba309614e8ec94d976dc5a' } },
  { kind: '0.29.0', images: { '1.33.1': 'sha256:050072256b9a903bd914c0b2866828150cb229cea0efe5892e2b644d5dd3b34f' } },
  { kind: '0.28.0', images: { '1.33.1': 'sha256:8d866994839cd096b3590681c55a6fa4a071fdaf33be7b9660e5697d2ed13002' } },
  { kind: '0.27.0', images: { '1.32.2': 'sha256:f226345927d7e348497136874b6d207e0b32cc52154ad8323129352923a3142f' } },
  { kind: '0.26.0', images: { '1.32.0': 'sha256:c48c62eac5da28cdadcf560d1d8616cfa6783b58f0d94cf63ad1bf49600cb027' } },
  {
    kind: '0.25.0',
    images: {
      '1.32.0': 'sha256:2458b423d635d7b01637cac2d6de7e1c1dca1148a2ba2e90975e214ca849e7cb',
      '1.31.2': 'sha256:18fbefc20a7113353c7b75b5c869d7145a6abd6269154825872dc59c1329912e',
      '1.30.6': 'sha256:b6d08db72079ba5ae1f4a88a09025c0a904af3b52387643c285442afb05ab994',
      '1.29.10': 'sha256:3b2d8c31753e6c8069d4fc4517264cd20e86fd36220671fb7d0a5855103aa84b',
      '1.28.15': 'sha256:a7c05c7ae043a0b8c818f5a06188bc2c4098f6cb59ca7d1856df00375d839251',
      '1.27.16': 'sha256:2d21a61643eafc439905e18705b8186f3296384750a835ad7a005dceb9546d20',
      '1.26.15': 'sha256:c79602a44b4056d7e48dc20f7504350f1e87530fe953428b792def00bc1076dd',
    },
  },
  { kind: '0.24.0', images: { '1.31.0': 'sha256:53df588e04085fd41ae12de0c3fe4c72f7013bba32a20e7325357a1ac94ba865' } },
]

/**
 * The node image for what the file asks: a minor (its newest patch known), a full version, or a reference as it is.
 * Undefined leaves the choice to kind. `kind` is the version of the kind in use; without it the newest counts.
 * Throws ConfigError for a minor of which no patch is known.
 */
export const nodeImage = (
  asked: string | undefined,
  kind?: string,
  at?: Place,
  env: Env = process.env,
): string | undefined => {
  if (asked === undefined) return undefined
  const version = /^v?(\d+\.\d+)(\.\d+\S*)?$/.exec(asked)
  if (!version) return asked
  const [, minor = '', patch] = version
  const full = patch === undefined ? newestPatch(minor, kind) : `${minor}${patch}`
  if (full === undefined) {
    const message = `No patch version of Kubernetes ${minor} is known here.`
    const hints = [
      `Write the version in full, or a node image reference. Known minors: ${knownMinors().join(', ')}.`,
      'The images of a kind release stand in its notes: https://github.com/kubernetes-sigs/kind/releases',
    ]
    throw new ConfigError(message, {
      hints,
      problems: at ? [{ message, at, hint: hints.join(' '), severity: 'error' }] : [],
    })
  }
  const digest = ownDigests(env)[full] ?? preferred(kind).find(({ images }) => images[full] !== undefined)?.images[full]
  return `kindest/node:v${full}${digest === undefined ? '' : `@${digest}`}`
}

/**
 * Digests that stand for those of the table, where a registry has images of its own making under kind's names:
 * `KINDUP_NODE_IMAGES="1.36.4=sha256:…"`, several with commas. Throws ConfigError.
 */
const ownDigests = (env: Env): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (env['KINDUP_NODE_IMAGES'] ?? '')
      .split(',')
      .map((entry) => entry.trim())
      .filter((entry) => entry !== '')
      .map((entry) => {
        const [, version, digest] = /^v?(\d+\.\d+\.\d+)=(sha256:[0-9a-f]{64})$/.exec(entry) ?? []
        if (version !== undefined && digest !== undefined) return [version, digest]
        throw new ConfigError(`KINDUP_NODE_IMAGES has ${entry}, which is no version with a digest.`, {
          hints: ['KINDUP_NODE_IMAGES=1.36.4=sha256:…   # 64 hexadecimal digits; several with commas'],
        })
      }),
  )

/** The Kubernetes version that a node image's tag tells, as in `1.36.4`. */
export const versionOfNodeImage = (image: string): string | undefined => /:v?(\d+\.\d+\.\d+)/.exec(image)?.[1]

const newestPatch = (minor: string, kind: string | undefined): string | undefined => {
  for (const { images } of preferred(kind)) {
    const patches = Object.keys(images).filter((version) => version.startsWith(`${minor}.`))
    if (patches.length > 0) return patches.toSorted(rcompare)[0]
  }
  return undefined
}

/** The kind's own release first, then older ones from the newest on (whose images later kinds run), then newer ones. */
const preferred = (kind: string | undefined): readonly Release[] => {
  const version = valid(kind)
  if (version === null) return releases
  const older = releases.filter((release) => lte(release.kind, version))
  return [...older, ...releases.filter((release) => gt(release.kind, version)).toReversed()]
}

const knownMinors = (): readonly string[] => [
  ...new Set(releases.flatMap(({ images }) => Object.keys(images).map((version) => version.replace(/\.\d+$/, '')))),
]
