import { Command, InvalidArgumentError } from 'commander'
import { versionParts, type VersionPart } from '../image-edit/version-part.ts'
import type { App } from '../../app/app.ts'
import type { ImageFlags } from '../image.ts'
import type { PublishFlags } from '../image-publish.ts'
import { collect, command, type CommandFile } from './flags.ts'

/** `image set|check|bump|publish` */
export const image: CommandFile = (app, end) =>
  new Command('image')
    .description('set or check the images of a kustomization or values file; raise a version; publish locally')
    .addCommand(publish(app))
    .addCommand(
      part('set', 'write tags and digests into the file')
        .argument('<name=tag...>', words)
        .action(async (names: readonly string[], flags: ImageFlags) =>
          (await import('../image.ts')).set(app, names, flags),
        ),
    )
    .addCommand(
      part('check', 'exit 1 where the file says otherwise')
        .argument('<name=tag...>', words)
        .action(async (names: readonly string[], flags: ImageFlags) =>
          (await import('../image.ts')).check(app, names, flags, end),
        ),
    )
    .addCommand(
      part('bump', 'raise the version of a version.txt, and print it')
        .argument('[part]', 'major, minor or patch', versionPart, 'patch')
        .action(async (which: VersionPart, flags: ImageFlags) => (await import('../image.ts')).bump(app, which, flags)),
    )

const words = 'NAME=TAG, NAME@DIGEST or both; NAME is an image of a kustomization, or a dotted path of a values file'

const part = (name: string, summary: string): Command =>
  command(name, summary).requiredOption('-f, --file <file>', 'the file')

const publish = (app: App): Command =>
  command('publish', "push the file's images into the local registry, under their tag and latest")
    .argument('[name...]', 'images and services; all that the file has if left out')
    .option('--image <name=ref>', 'push this image instead (repeatable)', collect, [])
    .option('--set <path=value>', 'change a value of the file, from its root (repeatable)', collect, [])
    .action(async (names: readonly string[], flags: PublishFlags) =>
      (await import('../image-publish.ts')).imagePublish(app, names, flags),
    )

function versionPart(word: string): VersionPart {
  const found = versionParts.find((one) => one === word)
  if (found) return found
  throw new InvalidArgumentError('It takes major, minor or patch.')
}
