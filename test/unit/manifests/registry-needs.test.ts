import { expect, it } from 'vitest'
import { withRegistryNeeds } from '../../../manifests/registry-needs.ts'
import type { Deployable } from '../../../manifests/deployable.ts'
import { madeConfig } from '../../support/made-config.ts'

const base = madeConfig()
const config = { ...base, cluster: { ...base.cluster, registry: { port: 5001, keep: false } } }
const deployable = { id: 'service/web', needs: ['addon/x'] } as unknown as Deployable
const naming = (text: string) => ({
  objects: [{ object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: text }, at: { file: 'a' } }],
})
const needs = (...args: Parameters<typeof withRegistryNeeds>) => withRegistryNeeds(...args).needs

it('waits for the registry where anything names it', () => {
  const rendered = (text: string) => naming(text) as never
  expect(needs(deployable, rendered('localhost:5001/team/web:1'), config)).toEqual(['addon/x', 'registry'])
  expect(needs(deployable, rendered('oci://kindup-registry:5001/charts/web'), config)).toEqual(['addon/x', 'registry'])
  expect(needs(deployable, rendered('localhost:50011/team/web:1'), config)).toEqual(['addon/x'])
  expect(needs(deployable, rendered('localhost:5001/team/web:1'), base)).toEqual(['addon/x'])
  // Nobody could render it yet.
  expect(needs(deployable, {}, config)).toEqual(['addon/x', 'registry'])
})
