import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { messageOf, systemCode } from '../core/errors.ts'

const addons = fileURLToPath(new URL('../addons', import.meta.url))

/** Copies the template to a folder of the add-on's name and puts the name in. Throws when something is there already. */
export const newAddOn = async (name: string, folder: string = addons): Promise<readonly string[]> => {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name))
    throw new Error(
      `\`${name}\` cannot name an add-on: write small letters, digits and single hyphens, such as cert-manager.`,
    )
  const target = join(folder, name)
  await cp(join(folder, '_template'), target, { recursive: true, force: false, errorOnExist: true })
  const camel = name.replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const files = ['index.ts', 'values.yaml'].map((file) => join(target, file))
  try {
    for (const file of files) {
      const text = await readFile(file, 'utf8')
      await writeFile(file, text.replaceAll('addon-name', name).replaceAll('addonName', camel))
    }
  } catch (error) {
    // Half of an add-on would be in the way of the next try.
    await rm(target, { recursive: true, force: true })
    throw error
  }
  return files
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [name, ...more] = process.argv.slice(2)
  if (name === undefined || name.startsWith('-') || more.length > 0) {
    process.stderr.write('usage: npm run new:addon -- NAME\n')
    process.exitCode = 2
  } else {
    try {
      const files = await newAddOn(name)
      process.stdout.write(
        [
          ...files,
          `Then: chart, version and values in them; \`${name}\` in addons/index.ts and config/builtin-addons.ts;`,
          `a test that renders the chart in test/unit/addons/.\n`,
        ].join('\n'),
      )
    } catch (error) {
      const there = systemCode(error) === 'ERR_FS_CP_EEXIST'
      process.stderr.write(`${there ? `addons/${name} is there already; nothing was changed.` : messageOf(error)}\n`)
      process.exitCode = 2
    }
  }
}
