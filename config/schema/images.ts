import { z } from 'zod'

const build = z.strictObject({
  context: z
    .string()
    .min(1)
    .meta({ description: 'Folder that the build sees.', examples: ['./web'] }),
  file: z
    .string()
    .min(1)
    .meta({
      description: 'The Dockerfile. `Dockerfile` in the context if left out.',
      examples: ['./web/Dockerfile.dev'],
    })
    .exactOptional(),
  target: z
    .string()
    .min(1)
    .meta({ description: 'Stage to build.', examples: ['production'] })
    .exactOptional(),
  platform: z
    .string()
    .min(1)
    .meta({ description: "Platform to build for. The cluster's own if left out.", examples: ['linux/amd64'] })
    .exactOptional(),
  args: z
    .record(z.string(), z.string())
    .meta({ description: 'Build arguments.', examples: [{ NODE_ENV: 'development' }] })
    .exactOptional(),
  secrets: z
    .record(
      z.string().regex(/^[\w.-]+$/, 'write letters, digits, dots, dashes and underscores'),
      z.union([
        z.string().min(1),
        z.strictObject({
          env: z
            .string()
            .regex(/^[A-Za-z_]\w*$/, 'write the name of a variable')
            .meta({ description: 'A variable of the environment that holds it.', examples: ['NPM_TOKEN'] }),
        }),
      ]),
    )
    .meta({
      description:
        'What `RUN --mount=type=secret,id=…` reads: a file, or a variable of the environment. It is in no layer, no argument and no hash.',
      examples: [{ npmrc: '~/.npmrc', token: { env: 'NPM_TOKEN' } }],
    })
    .exactOptional(),
  ssh: z
    .boolean()
    .meta({ description: 'Lets `RUN --mount=type=ssh` use the keys of the ssh agent.', default: false })
    .exactOptional(),
})

/** One of `images`, or the `image` of a service. */
export const image = z
  .strictObject({
    build: z
      .union([z.string().min(1), build])
      .meta({ description: 'What to build it from: a folder with a Dockerfile, or the details.', examples: ['./web'] })
      .exactOptional(),
    name: z
      .string()
      .regex(
        /^[a-z0-9]+([._-]+[a-z0-9]+)*(:\d+)?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)*$/,
        'write the repository alone, in lower case; the tag has a key of its own',
      )
      .meta({
        description:
          'The repository as it stands in the manifests: every container that names it runs this image. The key (or the service’s name) if left out.',
        examples: ['reg.example/team/web'],
      })
      .exactOptional(),
    tag: z
      .string()
      .regex(
        /^[\w][\w.-]{0,127}$/,
        'write git, version, hash, or a tag of letters, digits, dots, dashes and underscores',
      )
      .meta({
        description:
          '`git` (the commit, with a hash of the content when something is not committed), `version` (from `version.txt`), `hash` (of all that it is built from), or the tag itself.',
        default: 'hash',
      })
      .exactOptional(),
    ref: z
      .string()
      .meta({
        description:
          "An image to run instead. Empty, as a variable may leave it: what `build` makes or, without `build`, the manifests' own.",
        examples: ['${UI_DOCKER_IMAGE:-}'],
      })
      .exactOptional(),
  })
  .meta({ id: 'image' })

/** One of `imagePaths`. */
export const imagePath = z.strictObject({
  kind: z
    .string()
    .regex(/^[\w*]+(?:\.[\w.*-]+)?$/, 'write a kind, such as Connect or Connect.example.io')
    .meta({ description: 'The kind of the objects: `KIND` or `KIND.group`.', examples: ['Connect'] }),
  path: z
    .string()
    .min(1)
    .meta({
      description:
        'The path to the reference, or to a map of `repository` and `tag`. `[]` is every element of a list; a dot that belongs to a key is written `\\.`.',
      examples: ['spec.image', 'spec.sidecars[].image'],
    }),
})
