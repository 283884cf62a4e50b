import { expect, it } from 'vitest'
import { readValue } from '../../../../core/go-yaml/read-value.ts'
import { asKustomizeReads } from '../../../../manifests/kustomize/patch-text.ts'

const target = { kind: 'Deployment' }

it('gives a patch with a target the kind and name that kustomize wants, and each value as it reads it', () => {
  const patch = 'spec: { mode: 0644, on: yes, big: 9007199254740993, gone: null, text: "0644" }\n'
  expect(asKustomizeReads({ patch, target })).toBe(
    '---\n{"spec":{"mode":420,"on":"yes","big":9007199254740993,"gone":null,"text":"0644"},"kind":"Any","metadata":{"name":"any"}}\n',
  )
})

it('keeps what a patch says of its object, and patches that say all of it, byte for byte', () => {
  const whole = 'kind: Pod\nmetadata:\n  name: web # this one\nspec: { mode: 0644 }\n'
  expect(asKustomizeReads({ patch: whole, target })).toBe(whole)
  expect(asKustomizeReads({ patch: 'spec: {}\n' })).toBe('spec: {}\n')
  const two = asKustomizeReads({ patch: `metadata: { labels: { a: b } }\n---\n${whole}`, target })
  expect(two).toBe(`---\n{"metadata":{"labels":{"a":"b"},"name":"any"},"kind":"Any"}\n---\n${whole}`)
})

it('takes lists of operations for what they are, and leaves what is no YAML to kustomize', () => {
  expect(readValue(asKustomizeReads({ patch: '[{ op: add, path: /a, value: 010 }]', target }), 'go3')).toEqual([
    { op: 'add', path: '/a', value: 8 },
  ])
  expect(asKustomizeReads({ patch: 'a: [', target })).toBe('a: [')
})
