import { isRecord } from '../../../core/is-record.ts'
import type { DraftImage } from '../draft-service.ts'
import type { FoundImage } from '../found.ts'
import { asWritten } from '../paths.ts'
import { repositoryOf } from '../repository.ts'
import { textOf } from './text-of.ts'

/** What a service is built from, as the file describes it; `image` is what its manifest names. */
export const imageOf = (build: FoundImage, image: string, service: Readonly<Record<string, unknown>>): DraftImage => {
  const args = isRecord(service['build']) ? service['build']['args'] : undefined
  const pairs = isRecord(args)
    ? Object.entries(args)
    : Array.isArray(args)
      ? args.map((one): [string, unknown] => {
          const [name = '', ...rest] = String(one).split('=')
          return [name, rest.join('=')]
        })
      : []
  return {
    name: repositoryOf(image) ?? image,
    context: asWritten(build.context),
    ...(build.file === undefined ? {} : { file: asWritten(build.file) }),
    ...(build.target === undefined ? {} : { target: build.target }),
    ...(pairs.length === 0 ? {} : { args: Object.fromEntries(pairs.map(([name, value]) => [name, textOf(value)])) }),
  }
}
