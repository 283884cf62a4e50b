import { expect, it } from 'vitest'
import { withCode } from '../../../../../scripts/init/compose/with-code.ts'

const staged = `FROM python AS base
WORKDIR /app
COPY requirements.txt .
FROM base AS dev
CMD ["python", "app.py"]
FROM python AS built
COPY src /src
FROM base AS copied
COPY --from=built /src .
FROM base AS mounting
RUN --mount=type=bind,target=/in cp -r /in .
FROM base
COPY . .
`

it.each([
  ['the whole Dockerfile, where its stage has no code', staged, 'dev', { mounted: 'stage' }],
  ['its stage, where a stage that it copies from has the code', staged, 'copied', { target: 'copied' }],
  ['its stage, where a RUN mounts the code', staged, 'mounting', { target: 'mounting' }],
  [
    'its stage, where the stage that it begins with has the code',
    'FROM a AS code\nCOPY . .\nFROM code AS dev\n',
    'dev',
    { target: 'dev' },
  ],
  ['what it asks for, where that has the code', staged, undefined, {}],
  ['the whole Dockerfile, where its stage is not there', 'FROM a\nCOPY . .\n', 'dev', { mounted: 'stage' }],
  [
    'what it asks for, where no stage has any code',
    'FROM a AS dev\nCOPY requirements.txt .\n',
    'dev',
    { target: 'dev', mounted: 'all' },
  ],
])('builds %s', (_what, dockerfile, target, expected) => {
  const files = ['web/requirements.txt', 'web/src/app.py']
  expect(withCode({ dockerfile, args: {}, ...(target !== undefined && { target }) }, files, 'web')).toEqual(expected)
})

it('leaves the stage alone where no code is mounted', () => {
  expect(withCode({ dockerfile: staged, args: {}, target: 'dev' }, [], 'web')).toEqual({ target: 'dev' })
})
