import { expect, it } from 'vitest'
import { chosenServices } from '../../../app/chosen-services.ts'
import type { InventoryEntry } from '../../../cluster/inventory/inventory.ts'
import type { Config } from '../../../config/config.ts'

const entries = new Map(
  [
    ['dev-web', 'dev'],
    ['prod-web', 'prod'],
    ['db', 'dev'],
  ].map(
    ([name, environment]) =>
      [`service/${name}@${environment}`, { of: { kind: 'service', name, environment } }] as const,
  ),
) as unknown as ReadonlyMap<string, InventoryEntry>

const config = {
  environments: [{ name: 'dev' }, { name: 'prod' }],
  services: [{ name: 'dev-web', origin: 'apps' }, { name: 'prod-web', origin: 'apps' }, { name: 'db' }],
} as unknown as Config

const chosen = (...services: readonly string[]): readonly string[] =>
  chosenServices(entries, { services, environments: [] }, config).map(({ of }) => of.name ?? '')

it('takes the key that Applications came of for all of them', () => {
  expect(chosen('apps')).toEqual(['dev-web', 'prod-web'])
  expect(chosen('apps@dev')).toEqual(['dev-web'])
  expect(chosen('prod-web', 'db')).toEqual(['prod-web', 'db'])
  expect(chosen()).toEqual(['dev-web', 'prod-web', 'db'])
  expect(() => chosen('app')).toThrow('There is no service app.')
})
