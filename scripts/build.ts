import { spawnSync } from 'node:child_process'
import { cpSync, globSync, rmSync } from 'node:fs'
import process from 'node:process'

// Node strips no types below node_modules: what is published is plain JavaScript, in dist/, with the data files beside it.
rmSync('dist', { recursive: true, force: true })
const { status } = spawnSync('tsc', ['-p', 'tsconfig.build.json'], { stdio: 'inherit' })
for (const file of globSync('{addons,cluster,core,hosts,manifests,scripts}/**/*.{yaml,yml,json,mjs,bash,zsh,fish}', {
  exclude: ['manifests/demo/**', 'addons/_template/**', 'scripts/kindup.mjs'],
}))
  cpSync(file, `dist/${file}`, { force: false })
process.exitCode = status ?? 1
