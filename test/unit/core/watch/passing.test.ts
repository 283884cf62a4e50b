import { expect, it } from 'vitest'
import { isPassing } from '../../../../core/watch/passing.ts'

it.each(['.main.py.swp', '.x.swo', '4913', 'main.py~', '.#main.py', '#main.py#', 'main.py___jb_tmp___', '.DS_Store'])(
  'knows %s for an editor’s own',
  (name) => expect(isPassing(name)).toBe(true),
)

it.each(['main.py', '.env', '.dockerignore', '4914', 'swp', 'a#b', '~cache', '.swift.swc.ts'])(
  'takes %s for a file',
  (name) => expect(isPassing(name)).toBe(false),
)
