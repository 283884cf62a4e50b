import { describe, expect, test } from 'vitest'
import { jsonAnswer, listAnswer, objectAnswer } from '../../../../cluster/kube/answers.ts'

const pods = { apiVersion: 'v1', kind: 'Pod' }
const pod = { ...pods, metadata: { name: 'a' } }
const unreadable = expect.objectContaining({ code: 'api-unreadable', exitCode: 1 })

describe('what the API answers', () => {
  test('is an object, or a list whose items take their kind from it', () => {
    expect(objectAnswer(JSON.stringify(pod), 'show Pod a')).toEqual(pod)
    const list = { metadata: { resourceVersion: '7' }, items: [{ metadata: { name: 'a' } }] }
    expect(listAnswer(JSON.stringify(list), pods)).toEqual({ items: [pod], resourceVersion: '7' })
    expect(listAnswer(JSON.stringify({ ...list, items: null }), pods).items).toEqual([])
  })

  test.each(['', '<html>no</html>', 'null', '[]', '"pod"', '{}', '{"apiVersion":"v1","kind":"Pod","metadata":{}}'])(
    'is refused where it is no object: %s',
    (text) => {
      expect(() => objectAnswer(text, 'show Pod a')).toThrowError(unreadable)
    },
  )

  test.each(['<html>', '{}', '{"metadata":{"resourceVersion":"7"},"items":[null]}', '{"items":[]}'])(
    'is refused where it is no list: %s',
    (text) => {
      expect(() => listAnswer(text, pods)).toThrowError(unreadable)
    },
  )

  test.each(Array.from(JSON.stringify(pod), (_, at) => at))('is refused where it ends after %i characters', (at) => {
    expect(() => jsonAnswer(JSON.stringify(pod).slice(0, at), 'show Pod a')).toThrowError(unreadable)
  })
})
