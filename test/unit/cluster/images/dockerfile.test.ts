import { describe, expect, it } from 'vitest'
import { baseReferences } from '../../../../cluster/images/dockerfile.ts'

describe('the images that a Dockerfile takes from', () => {
  it.each([
    ['FROM busybox', {}, ['busybox']],
    ['from --platform=linux/amd64 python:3.13 as build\nRUN x\nFROM build', {}, ['python:3.13']],
    [
      'FROM a AS one\nFROM b\nCOPY --from=one /x /x\nCOPY --from=0 /y /y\nCOPY --chown=1 --from=tools:1 /z /z',
      {},
      ['a', 'b', 'tools:1'],
    ],
    ['FROM scratch\nADD x /', {}, []],
    ['ARG TAG=3\nFROM python:${TAG}', {}, ['python:3']],
    ['ARG TAG=3\nFROM python:$TAG', { TAG: '4' }, ['python:4']],
    ['ARG BASE\nFROM ${BASE:-busybox}:1', {}, ['busybox:1']],
    ['ARG BASE="reg.test/team/base:1"\nFROM $BASE', {}, ['reg.test/team/base:1']],
    ['FROM base\nARG BASE=other\nCOPY --from=$BASE a b', {}, ['base']],
    ['# FROM no\nFROM \\\n  yes \\\n  # in between\n  AS one', {}, ['yes']],
    ['FROM a\nRUN --mount=type=bind,from=cache:2,target=/c x', {}, ['a', 'cache:2']],
    ['FROM a\nRUN --mount=type=bind,"from=cache:2",target=/c x', {}, ['a', 'cache:2']],
    ['FROM a\r\nFROM b\r\n', {}, ['a', 'b']],
    ['', {}, []],
    ['FROM a\nCOPY <<PY /main.py\nfrom worker import tasks\nFROM no\nPY\nFROM b', {}, ['a', 'b']],
    ['FROM a\nRUN <<-"E" cat\n\tFROM no\n\tE\nCOPY <<A <<B /d/\nFROM no\nA\nFROM no\nB\nFROM b', {}, ['a', 'b']],
    ['FROM a\nRUN x=$((1<<2)) && cat <<<FROM\nFROM b', {}, ['a', 'b']],
    ['# escape=`\nFROM `\n  a\nRUN C:\\\nFROM b', {}, ['a', 'b']],
    ['\uFEFFFROM a', {}, ['a']],
    ['FROM --platform=$BUILDPLATFORM a\nFROM b-$TARGETARCH\nFROM c-${TARGETARCH:-amd64}', {}, ['a']],
    ['ARG TAG=3-slim\nFROM python:${TAG%-*}\nFROM $UNSET', {}, []],
    ['FROM a\nONBUILD COPY --from=later:1 a b\nADD --from=no x y', {}, ['a']],
  ])('%j with %j', (text, args, references) => {
    expect(baseReferences(text, args)).toEqual(references)
  })
})
