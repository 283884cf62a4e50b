import { expect, it } from 'vitest'
import type { Candidate } from '../../../../scripts/init/candidates.ts'
import type { FoundImage } from '../../../../scripts/init/found.ts'
import { matchImages } from '../../../../scripts/init/match-images.ts'

const image = (name: string, context: string): FoundImage => ({ name, context })

const runs = (from: string, ...repositories: readonly string[]): Candidate => ({
  name: from.slice(from.lastIndexOf('/') + 1),
  from,
  repositories,
  hasIngress: false,
  hasAutoscaler: false,
  hosts: [],
  objects: {
    kind: 'manifests',
    folder: from,
    paths: [from],
    environments: [],
    objects: [],
    renamed: {},
    renames: false,
  },
  skip: [],
})

const matched = (images: readonly FoundImage[], ...candidates: readonly Candidate[]): readonly string[] =>
  matchImages(images, candidates).map((match) => `${match.candidate.from} ${match.repository} = ${match.image.context}`)

it('takes the repository that is called like the image before one that only ends in its name', () => {
  expect(matched([image('rollouts', '.')], runs('./k8s', 'example/kubectl-rollouts', 'example/rollouts'))).toEqual([
    './k8s example/rollouts = .',
  ])
})

it('builds one repository from one folder, the one nearest to what runs it', () => {
  const images = [image('web', 'start/web'), image('web', 'solution/web')]
  expect(matched(images, runs('./solution/web/k8s', 'example/web'))).toEqual([
    './solution/web/k8s example/web = solution/web',
  ])
  expect(matched(images, runs('./solution/k8s', 'example/web'), runs('./start/k8s', 'example/web'))).toEqual([
    './solution/k8s example/web = start/web',
    './start/k8s example/web = start/web',
  ])
})

it('knows names that are joined by an underscore', () => {
  const images = [image('vote', 'vote'), image('result', 'result')]
  expect(matched(images, runs('./k8s', 'samples/votingapp_vote', 'samples/votingapp_result', 'redis'))).toEqual([
    './k8s samples/votingapp_vote = vote',
    './k8s samples/votingapp_result = result',
  ])
})

it('leaves images of languages to those who publish them', () => {
  expect(matched([image('python', 'languages/python')], runs('./jobs', 'python'))).toEqual([])
})

it('gives the image that is left to what is left, and not where another tool says what it is called', () => {
  const left = image('base', '.')
  expect(matched([left], runs('./detector', 'example/detector'))).toEqual(['./detector example/detector = .'])
  expect(matched([{ ...left, repository: 'shop-base' }], runs('./detector', 'example/detector'))).toEqual([])
})
