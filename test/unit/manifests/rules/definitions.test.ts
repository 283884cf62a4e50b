import { describe, expect, it } from 'vitest'
import { said } from '../schema/planned.ts'

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.example.io }
spec:
  group: example.io
  names: { kind: Thing, plural: things }
  scope: Namespaced
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          required: [spec]
          properties:
            spec:
              type: object
              required: [size, name]
              properties:
                size: { type: integer, minimum: 1 }
                mode: { type: string, enum: [fast, slow] }
                free: { type: object }
                open: { type: object, x-kubernetes-preserve-unknown-fields: true, properties: { a: { type: string } } }
                port: { x-kubernetes-int-or-string: true }
                tags: { type: array, x-kubernetes-list-type: set, items: { type: string } }
                name: { type: string, default: a }
                labels: { type: object, additionalProperties: { type: string } }
                code: { type: string, pattern: "^[A-Z]{3}$" }
                pod: { type: object, x-kubernetes-embedded-resource: true, properties: { spec: { type: object } } }
---
`
const thing = (spec: string, version = 'v1') =>
  `${definition}apiVersion: example.io/${version}\nkind: Thing\nmetadata: { name: mine }\nspec:\n  ${spec}\n`

describe('custom resources, by the definitions of the plan', () => {
  it.each([
    ['size: 1'],
    ['size: 1\n  free: { any: 1 }\n  open: { a: b, c: 1 }\n  labels: { x: z }\n  mode:'],
    [
      'size: 2\n  port: 80\n  tags: [a, b]\n  code: ABC\n  pod: { apiVersion: v1, kind: Pod, metadata: { name: x }, spec: {} }',
    ],
  ])('are fine: %s', async (spec) => {
    expect(await said(thing(spec))).toEqual([])
  })

  it.each([
    ['sise: 1', /36 error Thing mine: spec.sise is a field that Kubernetes does not know there. → Did you mean `size`/],
    ['size: 1\n  modus: fast', /37 error Thing mine: spec.modus is a field that Kubernetes does not know there./],
    ['size: "1"', /36 error .*spec.size is the text "1" where a whole number belongs/],
    ['size: 0', /36 error .*spec.size is 0 where at least 1 belongs/],
    ['size: 1\n  mode: quick', /37 error .*one of these belongs: fast, slow/],
    ['size: 1\n  port: true', /37 error .*where a whole number or a text belongs/],
    ['size: 1\n  tags: [a, a]', /37 error .*spec.tags has a twice/],
    ['size: 1\n  labels: { x: 1 }', /37 error .*spec.labels.x is the number 1 where a text belongs/],
    ['size: 1\n  code: abc', /37 error .*does not match/],
  ])('are not: %s', async (spec, words) => {
    expect(await said(thing(spec))).toContainEqual(expect.stringMatching(words))
  })

  it('are of a version that is served', async () => {
    expect(await said(thing('size: 1', 'v2'))).toEqual([
      '32 error Thing mine: the definition of Thing in the plan serves v1, and not v2. → Write `apiVersion: example.io/v1`.',
    ])
  })
})
