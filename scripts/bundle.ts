import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fetchCharts, saveBundle } from '../app/bundle/save-bundle.ts'
import { downloadLines } from '../app/download-lines.ts'
import { openEnvironment } from '../app/open-environment.ts'
import { demandTarget } from '../cluster/layout/demand-target.ts'
import { refuseProblems } from '../app/refuse-problems.ts'
import type { App, WalkFlags } from '../app/app.ts'

/** `bundle save`: everything that `up` would fetch, in one file. */
export const saveTo = async (app: App, given: string, flags: WalkFlags): Promise<void> => {
  const started = performance.now()
  const terminal = app.terminal(flags)
  const { err, json, out, colour, outColour } = terminal
  const file = resolve(app.cwd, given)
  await demandTarget(file, 'bundle.kindup')
  const downloads = { signal: app.signal, onProgress: downloadLines(terminal) }
  const first = await openEnvironment(app, flags, downloads)
  refuseProblems(first)
  const report = (line: string): void => err(colour.dim(`  ${line}`))
  // Which images a chart names shows once it is there.
  await fetchCharts(first, app.signal).catch((error: unknown) => {
    app.signal.throwIfAborted()
    report(error instanceof Error ? error.message : String(error))
  })
  const environment = await openEnvironment(app, flags, downloads)
  const { tools, files, images } = await saveBundle({ app, flags, environment, file, report })
  const { size } = await stat(file)
  const seconds = Math.round(performance.now() - started) / 1000
  if (flags.json)
    return json({
      file,
      bytes: size,
      tools: tools.map(({ name, version }) => ({ name, version })),
      files: files.map(({ path }) => path),
      images,
      seconds,
    })
  const held = `${tools.length} programs, ${files.length} charts and manifests, ${images.length} images`
  out(`${outColour.green('✓')} Saved ${file} (${(size / 1e6).toFixed(1)} MB, ${held}, ${seconds.toFixed(1)} s).`)
  out(`  kindup up --bundle ${file} needs no network for this file.`)
}
