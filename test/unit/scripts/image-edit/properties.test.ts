import * as fc from 'fast-check'
import process from 'node:process'
import { expect, it } from 'vitest'
import { parse } from 'yaml'
import { imageDrift, setImages } from '../../../../scripts/image-edit/image-edit.ts'
import { parseWanted } from '../../../../scripts/image-edit/wanted.ts'

const numRuns = Number(process.env['KINDUP_PROPERTY_RUNS'] ?? 120)

const names = ['web', 'reg.example:5000/team/api', 'docker.io/library/db', '7']
const tag = fc.oneof(
  fc.stringMatching(/^\w[\w.-]{0,8}$/),
  fc.constantFrom('1.10', '1e3', '0x1f', 'on', 'null', '007', '1234e5', '2026-01-02', 'y', '1_0'),
)
const digest = fc.stringMatching(/^[0-9a-f]{64}$/).map((hex) => `sha256:${hex}`)
const eol = fc.constantFrom('\n', '\r\n')
const comment = fc.constantFrom('', ' # ours', '  # ü: {x}')
const ownLine = fc.constantFrom(undefined, '# about it', '')
const quoted = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(text, fc.constantFrom('"', "'", '')).map(([value, quote]) => quote + value + quote)

const wish = fc.oneof(
  tag.map((value) => `=${value}`),
  digest.map((value) => `@${value}`),
  fc.tuple(tag, digest).map(([value, hash]) => `=${value}@${hash}`),
)
const wishes = (of: readonly string[]): fc.Arbitrary<readonly string[]> =>
  fc
    .uniqueArray(fc.tuple(fc.constantFrom(...of), wish), { minLength: 1, selector: ([name]) => name })
    .map((all) => all.map((parts) => parts.join('')))

/** The lines of an entry, in any order. */
const entry = (name: string): fc.Arbitrary<readonly string[]> =>
  fc
    .tuple(
      fc.constantFrom(name, `"${name}"`),
      fc.option(quoted(tag), { nil: undefined }),
      fc.option(quoted(digest), { nil: undefined }),
      fc.option(fc.constant('reg.example/else'), { nil: undefined }),
      fc.array(comment, { minLength: 4, maxLength: 4 }),
      fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
    )
    .map(([quotedName, newTag, hash, newName, comments, order]) =>
      [
        ['name', /^\d+$/.test(quotedName) ? `'${quotedName}'` : quotedName],
        ['newTag', newTag],
        ['digest', hash],
        ['newName', newName],
      ]
        .flatMap(([key, value], index) =>
          value === undefined
            ? []
            : [{ line: `${key}: ${value}`, comment: comments[index] ?? '', order: order[index] ?? 0 }],
        )
        .toSorted((a, b) => a.order - b.order)
        .map((one) => one.line + one.comment),
    )

const blockFile = fc
  .tuple(
    fc.uniqueArray(fc.constantFrom(...names), { minLength: 0 }).chain((some) => fc.tuple(...some.map(entry))),
    fc.nat(3),
    fc.constantFrom('resources: [a.yaml]', 'patches:\n- path: b.yaml # p', '# mine'),
    fc.constantFrom(undefined, 'configurations:\n  - c.yaml', '# end', '...'),
    ownLine,
    eol,
    fc.boolean(),
  )
  .map(([entries, indent, head, tail, between, end, last]) => {
    const pad = ' '.repeat(indent)
    const list = entries.flatMap((lines) => [
      ...lines.map((line, index) => `${pad}${index === 0 ? '- ' : '  '}${line}`),
      ...(between === undefined ? [] : [between && pad + between]),
    ])
    const lines = [
      head,
      ...(list.length > 0 ? ['images: # list', ...list] : []),
      ...(tail === undefined || (tail === '...' && list.length === 0) ? [] : [tail]),
    ]
    return lines.join('\n').replaceAll('\n', end) + (last ? end : '')
  })

const flowFile = fc
  .tuple(
    fc
      .uniqueArray(fc.constantFrom(...names))
      .chain((some) =>
        fc.tuple(...some.map((name) => entry(name).map((lines) => lines.map((line) => line.replace(/ +#.*$/, ''))))),
      ),
    fc.boolean(),
  )
  .map(([entries, whole]) => {
    const list = `[${entries.map((lines) => `{${lines.join(', ')}}`).join(', ')}]`
    return whole ? `{resources: [a], images: ${list}} # c\n` : `images: ${list} # c\nresources: [a]`
  })

const file = 'kustomization.yaml'
const withoutImages = (text: string): unknown => ({ ...(parse(text) as object), images: undefined })
/** The lines that nothing of an image stands on. */
const otherLines = (text: string): string[] =>
  text
    .split('\n')
    .filter((line) => !/(newTag|digest|name): |images:/.test(line) && line.trim() !== '' && line.trim() !== '-')

it('a kustomization that was set has no drift, and is not changed again', () => {
  fc.assert(
    fc.property(fc.oneof(blockFile, flowFile), wishes([...names, 'new']), (text, words) => {
      const wanted = parseWanted(words)
      const { text: once, changes } = setImages(text, file, wanted)
      expect(imageDrift(once, file, wanted)).toEqual([])
      expect(setImages(once, file, wanted)).toEqual({ text: once, changes: [] })
      expect(once === text).toBe(changes.length === 0)
      expect(imageDrift(text, file, wanted).length).toBe(changes.length)
    }),
    { numRuns },
  )
})

it('a kustomization keeps everything that is about no image that was named', () => {
  fc.assert(
    fc.property(blockFile, wishes([...names, 'new']), (text, words) => {
      const { text: edited } = setImages(text, file, parseWanted(words))
      expect(withoutImages(edited)).toEqual(withoutImages(text))
      const [before, after] = [otherLines(text), otherLines(edited)].map((lines) =>
        lines.map((line) => line.trimEnd().replace('- ', '  ')),
      )
      expect(after).toEqual(before)
      expect(edited.replaceAll(text.includes('\r\n') ? '\r\n' : '\n', '')).not.toMatch(/[\r\n]/)
      expect(edited.endsWith('\n')).toBe(text.endsWith('\n'))
    }),
    { numRuns },
  )
})

/** A values file as pieces: the text between the scalars, and the scalars. */
const valuesFile = fc
  .tuple(quoted(tag), quoted(tag), quoted(tag), fc.array(comment, { minLength: 3, maxLength: 3 }), eol, fc.boolean())
  .map(([a, b, c, [one = '', two = '', three = ''], end, flow]) => ({
    between: [
      `# {${end}web:${end}  image:${one}${end}    tag: `,
      `${two}${end}    repository: "a"${end}${end}list:${end}- { x: 1, tag: `,
      ` }${three}${end}${flow ? `other: { image: { "tag": ` : `other:${end}    image:${end}        "tag":   `}`,
      `${flow ? ' } }' : three}${end}# end`,
    ],
    scalars: [a, b, c],
  }))
const paths = ['web.image.tag', 'list.0.tag', 'other.image.tag']

it('a values file keeps every byte outside the scalars that were named', () => {
  fc.assert(
    fc.property(
      valuesFile,
      fc.array(
        fc.option(
          fc.oneof(
            tag,
            fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => !/\p{Cc}/u.test(text)),
          ),
          { nil: undefined },
        ),
        {
          minLength: 3,
          maxLength: 3,
        },
      ),
      ({ between, scalars }, values) => {
        const text = between.map((part, index) => part + (scalars[index] ?? '')).join('')
        const words = values.flatMap((value, index) => (value === undefined ? [] : [`${paths[index]}=${value}`]))
        fc.pre(!words.some((word) => /^[\w.]+=\w[\w.-]*@sha/.test(word)))
        const wanted = parseWanted(words)
        const { text: edited } = setImages(text, 'values.yaml', wanted)
        expect(imageDrift(edited, 'values.yaml', wanted)).toEqual([])
        expect(setImages(edited, 'values.yaml', wanted).text).toBe(edited)
        const kept: boolean[] = []
        let rest = edited
        for (const [index, part] of between.entries()) {
          kept.push(rest.startsWith(part))
          rest = rest.slice(part.length)
          const next = between[index + 1]
          const scalar = next === undefined ? rest : rest.slice(0, rest.indexOf(next))
          kept.push(next === undefined || values[index] !== undefined || scalar === scalars[index])
          rest = rest.slice(scalar.length)
        }
        expect(rest).toBe('')
        expect(kept).not.toContain(false)
      },
    ),
    { numRuns },
  )
})
