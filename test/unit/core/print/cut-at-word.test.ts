import { expect, it } from 'vitest'
import { cutAtWord } from '../../../../core/print/cut-at-word.ts'

it.each([
  ['fits as it is', 13, 'fits as it is'],
  ['ingress-nginx (HTTP from this machine)', 35, 'ingress-nginx (HTTP from this…'],
  ['ends behind a word', 14, 'ends behind a…'],
  ['one averylongwordthatwouldleavenothing', 20, 'one averylongwordth…'],
  ['averylongwordthatwouldleavenothing', 10, 'averylong…'],
  ['nothing', 0, '…'],
])('%s in %i letters', (text, room, cut) => {
  expect(cutAtWord(text, room)).toBe(cut)
})
