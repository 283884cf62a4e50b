import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { crdOutline, isCrdText } from '../../../../manifests/yaml/crd-outline.ts'

const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: things.example.io
spec:
  group: example.io
  names: { kind: Thing, plural: things }
  scope: Namespaced
  versions:
  - name: v1
    schema:
      openAPIV3Schema:
        description: |
          several lines

          with a gap
        properties:
          spec: { type: object }
        type: object
    served: true
    storage: true
  - name: v2
    served: true
    storage: false
    schema:
      openAPIV3Schema:
        type: object
status: {}
`

describe('crdOutline', () => {
  it('leaves out the schemas and nothing else', () => {
    const whole = parse(definition) as { spec: { versions: { schema: unknown }[] } }
    for (const version of whole.spec.versions) version.schema = { openAPIV3Schema: {} }
    expect(parse(crdOutline(definition))).toEqual(whole)
  })

  it('knows a definition by its kind, and not one that only speaks of it', () => {
    expect(isCrdText(definition)).toBe(true)
    expect(isCrdText('kind: "CustomResourceDefinition"\n')).toBe(true)
    expect(isCrdText('apiVersion: v1\nkind: ConfigMap\ndata:\n  a: |\n    kind: CustomResourceDefinition\n')).toBe(
      false,
    )
  })
})
