import { expect, it } from 'vitest'
import { copiedBy } from '../../../../cluster/images/copied.ts'
import { destinationsOf } from '../../../../cluster/images/sync-paths.ts'

const paths = (lines: readonly string[], target?: string) => copiedBy(lines.join('\n'), { HOME: '/srv' }, target)

it.each([
  ['a folder', ['WORKDIR /app', 'COPY src ./src'], 'src/a/b.py', '/app/src/a/b.py'],
  ['all of the context', ['WORKDIR /app', 'COPY . .'], 'src/a.py', '/app/src/a.py'],
  [
    'all of it as JSON, with a flag',
    ['WORKDIR /app', 'COPY --chown=node:node ["./", "./"]', 'USER node'],
    'a.py',
    '/app/a.py',
  ],
  ['a file under another name', ['WORKDIR /app', 'COPY main.py run.py'], 'main.py', '/app/run.py'],
  ['a file into a folder', ['WORKDIR /app', 'COPY main.py .'], 'main.py', '/app/main.py'],
  ['a file into a folder that an earlier line made', ['WORKDIR /app', 'COPY main.py /app'], 'main.py', '/app/main.py'],
  ['several files', ['WORKDIR /app', 'COPY a.py b.py lib/'], 'b.py', '/app/lib/b.py'],
  ['a pattern', ['WORKDIR /app', 'COPY *.py ./'], 'b.py', '/app/b.py'],
  ['a WORKDIR within another', ['WORKDIR /app', 'WORKDIR web', 'COPY . .'], 'b.py', '/app/web/b.py'],
  ['a variable of the Dockerfile', ['ENV AT=/opt/x', 'WORKDIR $AT', 'COPY . ${AT}/web'], 'b.py', '/opt/x/web/b.py'],
  ['an argument of the build', ['ARG HOME', 'COPY . $HOME/web'], 'b.py', '/srv/web/b.py'],
])('finds %s', (_what, lines, path, to) => {
  expect(paths(['FROM python', ...lines])(path)).toEqual({ to: [to] })
})

it.each([
  ['a RUN follows', ['WORKDIR /app', 'COPY requirements.txt .', 'RUN pip install', 'COPY . .'], 'requirements.txt'],
  ['nothing copies it', ['WORKDIR /app', 'COPY src .'], 'srcs/a.py'],
  ['the base image says where', ['COPY . .'], 'a.py'],
  ['the base image has the variable', ['COPY . $APP_HOME/'], 'a.py'],
  ['it may be unpacked', ['ADD app.tar.gz /app/'], 'app.tar.gz'],
  ['it belongs to another user than that of the container', ['COPY --chown=1000:0 a.py /app/', 'USER 1001'], 'a.py'],
  ['nobody here knows whom the container runs as', ['COPY --chown=node a.py /app/'], 'a.py'],
  ['it comes from another stage', ['WORKDIR /app', 'COPY --from=build /out .'], 'a.py'],
])('has built what it cannot place, because %s', (_why, lines, path) => {
  expect(paths(['FROM python', ...lines])(path)).toHaveProperty('built')
})

it('has built what another stage copies, and reads the stages that a stage begins with', () => {
  const lines = [
    'FROM node AS base',
    'WORKDIR /app',
    'COPY config ./config',
    'FROM node AS build',
    'COPY src /src',
    'FROM base',
    'COPY --from=build /out ./out',
    'COPY src static ./public/',
  ]
  const at = paths(lines)
  expect(at('config/a.yaml')).toEqual({ to: ['/app/config/a.yaml'] })
  expect(at('static/a.css')).toEqual({ to: ['/app/public/a.css'] })
  expect(at('src/a.ts')).toEqual({ built: 'another stage copies it (line 5 of the Dockerfile)' })
  expect(paths(lines, 'build')('src/a.ts')).toHaveProperty('built')
})

it.each([
  ['COPY --chmod=755 src /app/src', '--chmod'],
  ['COPY --chown=1000:1000 src /app/src', 'gives files to 1000'],
])('builds what a rule names and a COPY gives an owner or a mode: %s', async (line, why) => {
  const rules = { rules: [{ from: '', to: '/app' }], restart: false }
  const lines = [
    'FROM alpine AS base',
    line,
    'RUN true',
    'FROM base AS dev',
    'COPY lib /app/lib',
    'FROM alpine AS other',
  ]
  const at = await destinationsOf(rules, { target: 'dev' }, { dockerfile: lines.join('\n'), args: {} })
  expect(at('src/a.py')).toEqual({ built: expect.stringContaining(why) as unknown })
  expect(at('lib/a.py')).toEqual({ to: ['/app/lib/a.py'] })
  const other = await destinationsOf(rules, { target: 'other' }, { dockerfile: lines.join('\n'), args: {} })
  expect(other('src/a.py')).toEqual({ to: ['/app/src/a.py'] })
})

it('goes by the rules of the file where it has some', async () => {
  const at = await destinationsOf(
    {
      rules: [
        { from: 'src', to: '/app/src' },
        { from: 'main.py', to: '/app/run/' },
      ],
      restart: false,
    },
    {},
    { dockerfile: 'FROM scratch', args: {} },
  )
  expect(at('src/a/b.py')).toEqual({ to: ['/app/src/a/b.py'] })
  expect(at('main.py')).toEqual({ to: ['/app/run/main.py'] })
  expect(at('srcs/b.py')).toHaveProperty('built')
})
