import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { format } from 'oxfmt'
import type { FormatOptions } from 'oxfmt'
import { jsonSchema, plainSchema } from '../config/reference/json-schema.ts'
import { referencePage } from '../config/reference/page.ts'
import { troubleshootingPage } from '../cluster/diagnose/troubleshooting-page.ts'
import { configTypes } from '../config/reference/types.ts'
import { commands } from './commands.ts'
import { asScript, scriptFlags } from './script-flags.ts'
import { commandsPage } from './documents/commands-page.ts'
import { documents } from './documents/documents.ts'
import type { App } from '../app/app.ts'

const usage = `usage: npm run generate -- [--check]
  Writes the schema and the pages that are made of the sources. --check writes none, and exits 1 where one is out of step.
`
const root = join(import.meta.dirname, '..')

await asScript(async () => {
  const { values } = scriptFlags(
    { options: { check: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } },
    'npm run generate -- --help',
  )
  const { check, help } = values
  if (help) return void process.stdout.write(usage)
  const schema = jsonSchema()
  // Flags want nothing of it before a command is carried out.
  const nobody: App = Object.create(null)
  const shown = await Promise.all(
    Object.values(commands).map(async ({ load, ...listed }) => ({
      ...listed,
      command: (await load())(nobody, () => undefined),
    })),
  )
  const files = {
    'docs/kindup.schema.json': `${JSON.stringify(schema, undefined, 2)}\n`,
    'docs/reference/commands.md': commandsPage(shown, documents),
    'docs/reference/configuration.md': referencePage(schema),
    'docs/reference/troubleshooting.md': troubleshootingPage(),
    'config/define-config.d.mts': configTypes(plainSchema()),
  }

  const style: FormatOptions = JSON.parse(await readFile(join(root, '.oxfmtrc.json'), 'utf8'))

  const stale: string[] = []
  for (const [name, raw] of Object.entries(files)) {
    const { code: text } = await format(name, raw, style)
    const path = join(root, name)
    const before = await readFile(path, 'utf8').catch(() => undefined)
    if (before === text) continue
    stale.push(name)
    if (!check) await writeFile(path, text)
  }
  if (check && stale.length > 0) {
    process.stderr.write(
      `Out of step with what it is generated from: ${stale.join(', ')}\nRun: node scripts/generate-schema.ts\n`,
    )
    process.exitCode = 1
  } else {
    process.stderr.write(
      stale.length === 0 ? 'The schema and the reference are in step.\n' : `Wrote ${stale.join(', ')}\n`,
    )
  }
})
