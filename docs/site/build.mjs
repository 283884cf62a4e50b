// Pages resolve what they are rendered with from where they stand: they are copied beside the generator first.
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vitepress'

const site = fileURLToPath(new URL('.', import.meta.url))
const docs = join(site, '..')
const pages = join(site, '.pages')
rmSync(pages, { recursive: true, force: true })
mkdirSync(pages)
for (const name of readdirSync(docs))
  if (name !== 'site') cpSync(join(docs, name), join(pages, name), { recursive: true })
mkdirSync(join(pages, 'public'))
cpSync(join(site, '../up.svg'), join(pages, 'public/up.svg'))
await build(site)
