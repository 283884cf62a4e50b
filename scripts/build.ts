import { cpSync, existsSync, globSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative, resolve } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'rolldown'
import { usageError } from '../core/errors.ts'
import { fieldsAt, textAt } from '../core/fields.ts'
import { unwritable } from '../core/unwritable.ts'
import { parseJson } from '../core/whole-number.ts'
import { asScript, scriptFlags } from './script-flags.ts'

/**
 * What is published, in dist/ or the folder that is named: sources and libraries in a few files of plain JavaScript
 * (Node strips no types below node_modules, and opening 600 files takes longer than all else that a command does), the
 * data files where they stand in the checkout, and the licences of the libraries. The `dependencies` of package.json
 * stay outside and are installed with it; whatever else is imported is put in.
 */
const root = fileURLToPath(new URL('..', import.meta.url))
/** What a library says of itself and of who may use it. */
const licenceOf = (folder: string): string => {
  const about = parseJson(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [name = basename(folder), version = '', license] = ['name', 'version', 'license'].map((key) =>
    textAt(about, key),
  )
  const texts = readdirSync(folder).filter((file) => /^(?:licen[cs]e|notice|third-party)/i.test(file))
  if (texts.length === 0 && license === undefined) throw new Error(`${name} says nothing of its licence`)
  const said = texts.map((file) => readFileSync(join(folder, file), 'utf8').trim())
  return [`${name} ${version} (${license ?? basename(texts[0] ?? '')})`, ...said].join('\n\n')
}

const buildInto = async (out: string): Promise<void> => {
  const dependencies = fieldsAt(parseJson(readFileSync(join(root, 'package.json'), 'utf8')), 'dependencies')
  const isInstalled = (id: string): boolean =>
    Object.keys(dependencies).some((name) => id === name || id.startsWith(`${name}/`))

  /** Folders of the libraries that were put in. */
  const libraries = new Set<string>()

  /** What stands between the words of a command line and its flags: help loads nothing else. */
  const start = new Set<string>()

  const noteStart: Plugin = {
    name: 'note-start',
    buildEnd() {
      const note = (id: string): void => {
        if (start.has(id)) return
        start.add(id)
        for (const imported of this.getModuleInfo(id)?.importedIds ?? []) note(imported)
      }
      for (const id of this.getModuleIds()) if (/[\\/]scripts[\\/](?:main|flags[\\/]\w+)\.ts$/.test(id)) note(id)
    },
  }

  /** Notes the libraries, and tells a module that asks where it stands of the place that its data files are beside. */
  const inPlace = (folder: string): Plugin => ({
    name: 'in-place',
    transform: (code, id) => {
      const library = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0]
      if (library !== undefined) libraries.add(library)
      if (library !== undefined || !code.includes('import.meta.url')) return undefined
      const place = relative(folder, join(out, relative(root, id)))
        .replaceAll('\\', '/')
        .replace(/\.ts$/, '.js')
      return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, import.meta.url).href`)
    },
  })

  /** `alone`: one file, which is a program of its own. */
  const bundle = async (input: string, folder: string, alone: boolean): Promise<void> => {
    await build({
      input: join(root, input),
      platform: 'node',
      external: (id) => isInstalled(id),
      plugins: alone ? [inPlace(dirname(join(out, input)))] : [inPlace(folder), noteStart],
      output: {
        dir: folder,
        format: 'esm',
        entryFileNames: '[name].js',
        chunkFileNames: '[name].js',
        codeSplitting: alone
          ? false
          : {
              groups: [
                { name: 'start', test: (id) => start.has(id), priority: 2 },
                { name: 'shared', minShareCount: 2, priority: 1 },
              ],
            },
      },
      // What one command wants later, another wants from its start: then both have it in the shared file.
      checks: { ineffectiveDynamicImport: false },
    })
  }

  rmSync(out, { recursive: true, force: true })
  await bundle('scripts/main.ts', join(out, 'lib'), false)
  // helm and sudo start these by their path; what runs as root is one file that can be read.
  await bundle('services/helm/post-render.ts', join(out, 'services', 'helm'), true)
  await bundle('hosts/elevated.ts', join(out, 'hosts'), true)
  await bundle('trust/elevated.ts', join(out, 'trust'), true)

  for (const file of globSync(
    '{addons,app,cluster,config,core,hosts,manifests,scripts,services}/**/*.{yaml,yml,json,mjs,d.mts,js,css,bash,zsh,fish}',
    {
      cwd: root,
      exclude: ['manifests/demo/**', 'addons/_template/**'],
    },
  ))
    cpSync(join(root, file), join(out, file))
  const entry = join(out, 'scripts', 'kindup.mjs')
  writeFileSync(entry, readFileSync(entry, 'utf8').replace("'./main.ts'", "'../lib/main.js'"))

  const licences = [...libraries].toSorted().map(licenceOf)
  writeFileSync(join(out, 'THIRD-PARTY-LICENSES'), `${licences.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`)
}

/** The folder is emptied first: what is in it must be an earlier build. */
const outOf = (named: string): string => {
  const out = resolve(named)
  const trouble = unwritable(out, 'folder')
  if (trouble) throw usageError(`${out} cannot be written: ${trouble.why}.`)
  const there = existsSync(out) ? readdirSync(out) : []
  if (there.length > 0 && !existsSync(join(out, 'lib', 'main.js')) && !existsSync(join(out, 'THIRD-PARTY-LICENSES')))
    throw usageError(
      `${out} holds other things than a build, and would be emptied.`,
      'Name a folder that is new, or empty.',
    )
  return out
}

await asScript(async () => {
  const { positionals, values } = scriptFlags(
    { allowPositionals: true, options: { help: { type: 'boolean' } } },
    'npm run build -- --help',
  )
  if (values.help === true)
    return void process.stdout.write('usage: npm run build -- [DIR]   # dist/ where none is named\n')
  if (positionals.length > 1) throw usageError('One folder is built into.', `npm run build -- ${positionals[0]}`)
  await buildInto(outOf(positionals[0] ?? join(root, 'dist')))
})
