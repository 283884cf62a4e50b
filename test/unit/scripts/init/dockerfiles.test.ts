import { expect, it } from 'vitest'
import { buildLines } from '../../../../scripts/init/dockerfiles.ts'
import { listFiles } from '../../../../scripts/init/list-files.ts'
import { tree } from '../../../support/tree.ts'

const seen = (path: string, text: string) => {
  using at = tree({ [path]: text })
  return buildLines(listFiles(at.folder).files)
}

it.each([
  ['README.md', '    docker build -t reg.example/team/web:1.0 ./web', [{ folder: 'web', name: 'web', tag: '1.0' }]],
  ['README.md', 'Run `docker build --tag=<registry>/api:<version> src/api/`.', [{ folder: 'src/api', name: 'api' }]],
  [
    'ci/build.sh',
    'docker buildx build \\\n  --push -t "$REG/web:$TAG" ../web && echo done',
    [{ folder: 'web', name: 'web' }],
  ],
  ['Makefile', '\tpodman build -t web .', [{ folder: '.', name: 'web' }]],
  ['Makefile', '\tdocker build -t $(IMAGE) .', []],
  ['Makefile', '\tdocker build -t web $(DIR)', []],
  ['README.md', 'docker build -t web', []],
  ['notes.txt', 'docker build -t web .', []],
])('%s: %s', (path, text, lines) => {
  expect(seen(path, text)).toEqual(lines)
})
