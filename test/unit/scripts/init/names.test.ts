import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { freeName, inOrder, isLabel, purposeOf, toLabel, wrongName } from '../../../../scripts/init/names.ts'

describe('a label', () => {
  it.each([
    ['My Shop', 'my-shop'],
    ['MyShop_v2', 'my-shop-v2'],
    ['@scope/web', 'scope-web'],
    ['Überblick', 'uberblick'],
    ['--x--', 'x'],
  ])('of %s is %s', (text, label) => expect(toLabel(text)).toBe(label))

  it('is none where no letter or digit is left', () => expect(toLabel('日本 ...')).toBeUndefined())

  it('of any text is one that a cluster can have', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'grapheme' })), (text) => {
        const label = toLabel(text)
        expect(label === undefined || wrongName(label) === undefined).toBe(true)
      }),
    )
  })

  it('has letters and digits at both ends and a length', () => {
    expect(['a', 'a-b', '1'].every(isLabel)).toBe(true)
    expect(['', '-a', 'a-', 'A', 'a.b', 'a'.repeat(64)].some(isLabel)).toBe(false)
    expect(wrongName('a'.repeat(50))).toContain('49')
  })
})

describe('the purpose of a folder', () => {
  it.each([
    ['.', 'shop'],
    ['k8s/overlays', 'shop'],
    ['services/web/k8s/overlays', 'web'],
    ['charts/web', 'web'],
    ['deploy/prod', 'shop'],
  ])('%s is %s', (folder, purpose) => expect(purposeOf(folder, 'shop')).toBe(purpose))
})

it('puts environments in the order that changes go through them', () => {
  expect(inOrder(['zebra', 'production', 'dev', 'staging', 'alpha', 'dev'])).toEqual([
    'dev',
    'staging',
    'production',
    'alpha',
    'zebra',
  ])
})

it('numbers a name that is taken', () => {
  expect(freeName('web', new Set(['api']))).toBe('web')
  expect(freeName('web', new Set(['web', 'web-2']))).toBe('web-3')
})
