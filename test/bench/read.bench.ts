import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { inFile, parseObjects } from '../../manifests/yaml/parse.ts'
import { parseOutlined } from '../../manifests/yaml/outlined.ts'
import { realTool } from '../support/real-tools.ts'

const fields = Array.from(
  { length: 3000 },
  (_, index) =>
    `              field${index}:\n                type: string\n                description: |\n                  What it is for,\n                  in two lines.\n`,
).join('')
const definitions = Array.from(
  { length: 10 },
  (_, index) => `---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: thing${index}s.example.io
spec:
  group: example.io
  scope: Namespaced
  names: { kind: Thing${index}, plural: thing${index}s }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
${fields.replaceAll(/^ {2}/gm, '')}`,
).join('')
const maps = Array.from(
  { length: 5000 },
  (_, index) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map-${index}\ndata:\n  key: value\n`,
).join('')
const kubectl = realTool('kubectl')

/** kubectl reads a file and says what is in it, without a cluster. */
const asKubectl = (text: string): void =>
  expect(
    spawnSync(kubectl ?? '', ['label', '--local', '-f', '-', 'a=b', '-o', 'name'], { input: text, maxBuffer: 1e9 })
      .status,
  ).toBe(0)

const options = { place: inFile('x') }

// Readers of the same text, to be read side by side, in one run on one machine.
test('ten definitions of 400 KB', { timeout: 600_000 }, async ({ bench }) => {
  await bench.compare(
    bench('kindup, as a plan reads it', () => void parseOutlined(definitions, options)),
    bench('kindup, whole', () => void parseObjects(definitions, options)),
    ...(kubectl === undefined ? [] : [bench('kubectl label --local', () => asKubectl(definitions))]),
    { iterations: 3, time: 0, warmupIterations: 1, warmupTime: 0 },
  )
})

test('5,000 objects', { timeout: 600_000 }, async ({ bench }) => {
  await bench.compare(
    bench('kindup', () => void parseObjects(maps, options)),
    ...(kubectl === undefined ? [] : [bench('kubectl label --local', () => asKubectl(maps))]),
    { iterations: 3, time: 0, warmupIterations: 1, warmupTime: 0 },
  )
})
