import type { Problem } from '../../core/problem.ts'
import { imageKey, keyOf } from './draft-service.ts'
import type { Draft } from './draft.ts'
import type { LeftOut, Tried } from './try-out.ts'

/** The services and images of a draft in whose lines `text` is refused, with the reasons. */
export const refusedParts = (
  { services, images }: Draft,
  text: string,
  file: string,
  problems: readonly Problem[],
): Pick<Tried, 'wrong' | 'unbuilt'> => {
  const lines = text.split('\n')
  const wrong = new Map<string, LeftOut>()
  const unbuilt = new Map<string, LeftOut>()
  for (const { at, message } of problems) {
    if (at?.file !== file || at.line === undefined) continue
    const { section, name, key } = partAt(lines, at.line - 1)
    const service = section === 'services' ? services.find((one) => one.name === name) : undefined
    const image =
      section === 'images' ? images.find((one) => one.key === name) : key === 'image' ? service?.image : undefined
    if (image) unbuilt.set(imageKey(image), [`The image ${name}`, message])
    else if (service) wrong.set(keyOf(service), [service.name, message])
  }
  return { wrong, unbuilt }
}

/** What the line belongs to, by the lines above that are less indented: `services`, `web`, `image`. */
const partAt = (
  lines: readonly string[],
  index: number,
): Readonly<Partial<Record<'section' | 'name' | 'key', string>>> => {
  const [section, name, key] = [/^(\w+):/, /^ {2}"?([^\s"#][^"]*?)"?:(?=\s|$)/, /^ {4}(\w+):/].map((pattern, depth) => {
    const from = lines.findLastIndex((line, at) => at <= index && depth > 0 && parents[depth - 1]?.test(line) === true)
    const line = lines.slice(from + 1, index + 1).findLast((one) => pattern.test(one))
    return pattern.exec(line ?? '')?.[1]
  })
  return {
    ...(section !== undefined && { section }),
    ...(name !== undefined && { name }),
    ...(key !== undefined && { key }),
  }
}

/** A line that ends what stood below the one above it. */
const parents = [/^\S/, /^(?: {2})?[^\s#]/]
