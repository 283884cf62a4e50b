import { readFileSync } from 'node:fs'
import { test } from 'vitest'
import { referenceFindings } from '../../manifests/rules/of-all.ts'
import { ruleFindings } from '../../manifests/rules/of-one.ts'
import { planObjects } from '../../manifests/rules/plan-objects.ts'
import { kubernetesSchemas } from '../../manifests/schema/kubernetes.ts'
import { schemaFindings } from '../../manifests/rules/object-findings.ts'
import { inFile, parseObjects } from '../../manifests/yaml/parse.ts'

const text = readFileSync(new URL('../mistakes/shop.yaml', import.meta.url), 'utf8')
const objects = parseObjects(text, { place: inFile('shop.yaml') }).objects.map(({ object }) => ({
  object,
  namespace: 'dev',
}))

const checkAll = (): void => {
  const schemas = kubernetesSchemas(36)
  const plan = planObjects(objects, [], new Set())
  for (const one of objects) {
    schemaFindings(one.object, schemas)
    ruleFindings(one.object, schemas.minor)
    referenceFindings(one, plan)
  }
}

test('checking', { timeout: 120_000 }, async ({ bench }) => {
  await bench.compare(
    bench('the table of schemas', () => void kubernetesSchemas(36)),
    bench('fifteen objects, the table read each time', checkAll),
  )
})
