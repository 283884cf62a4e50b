import { realpath } from 'node:fs/promises'
import { resolve } from 'node:path'
import { isAddress } from '../../core/address.ts'
import { fillPlaceholders } from '../../core/placeholders.ts'
import type { Path } from '../path.ts'
import { showPath } from '../path.ts'
import type { Checked } from './known.ts'
import { formsOf, isOpen } from './known.ts'

/** A file that a list names twice, in whatever way: it is taken once, and somebody may have meant another one. */
export const checkNamedTwice = async (checked: Checked): Promise<void> => {
  const { config } = checked
  const own = config.addons.map(({ name, values }) => sayTwice(['addons', name, 'values'], values, checked))
  const ofServices = config.services.map(async (service) => {
    const { deploy, name } = service
    const base: Path = ['services', name, 'deploy']
    const [path, texts]: readonly [Path, readonly string[]] =
      deploy.kind === 'helm'
        ? [[...base, 'helm', 'values'], deploy.values]
        : [[...base, 'manifests'], deploy.kind === 'manifests' ? deploy.paths : []]
    // One form says it for all; what differs from one environment to the next may be one file in one of them alone.
    const said = new Set<number>()
    for (const { values } of formsOf(service, config)) {
      const filled = texts.map((text) => fillPlaceholders(text, values))
      await sayTwice(path, filled, checked, said)
    }
  })
  await Promise.all([sayTwice(['crds'], config.crds, checked), ...own, ...ofServices])
}

const sayTwice = async (
  path: Path,
  texts: readonly string[],
  { config, findings, sourceMap }: Checked,
  said: Set<number> = new Set(),
): Promise<void> => {
  const real = await Promise.all(
    texts.map(async (text) => {
      if (isOpen(text)) return undefined
      const full = resolve(config.folder, text)
      return isAddress(text) ? text : await realpath(full).catch(() => full)
    }),
  )
  for (const [index, file] of real.entries()) {
    const first = real.indexOf(file)
    if (file === undefined || first === index || said.has(index)) continue
    said.add(index)
    const at = [...path, index]
    const { line } = sourceMap.value([...path, first])
    findings.warn({
      path: at,
      message: `${showPath(at)}: ${texts[index]?.startsWith(config.folder) ? `.${texts[index].slice(config.folder.length)}` : texts[index]} is named already${line === undefined ? '' : ` in line ${line}`}, and is taken once.`,
      hint: 'Take one of the two away, or name the file that was meant.',
    })
  }
}
