import { mkdirSync, writeFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Spawn } from '../../../core/run.ts'
import { postRender } from '../../../services/helm/post-render.ts'
import type { Program } from './call.ts'
import { serveCalls } from './call-server.ts'
import { spawnWhatIsThere } from './spawn-what-is-there.ts'

/**
 * Starts programs as `spawnWhatIsThere` does. A helm that is told to call kindup's post-renderer calls a shell script in its
 * place, and what it hands over is answered in this process: a Node for each helm costs ten times as much. The real one is
 * started in post-renderer.test.ts, by each helm, and wherever kindup is a process of its own.
 */
export const postRenderHere = (folder: string): AsyncDisposable & { readonly spawn: Spawn } => {
  const script = join(folder, 'post-render')
  const plugins = join(folder, 'plugins')
  let server: ReturnType<typeof serveCalls> | undefined
  const listen = (): void => {
    if (server) return
    // What it says of a call that it cannot answer is helm's failure.
    server = serveCalls(folder, answer, () => undefined)
    server.listen()
    writeFileSync(script, server.script('post-render'), { mode: 0o755 })
    mkdirSync(join(plugins, 'kindup'), { recursive: true })
    const runtime = { runtime: 'subprocess', runtimeConfig: { platformCommand: [{ command: script }] } }
    const plugin = { apiVersion: 'v1', type: 'postrenderer/v1', name: 'kindup', version: '1.0.0', ...runtime }
    writeFileSync(join(plugins, 'kindup', 'plugin.yaml'), JSON.stringify(plugin))
  }
  return {
    spawn: (program, args, options) => {
      const at = args.indexOf('--post-renderer')
      if (at === -1) return spawnWhatIsThere(program, args, options)
      listen()
      return args[at + 1] === 'kindup'
        ? spawnWhatIsThere(program, args, { ...options, env: { ...options.env, HELM_PLUGINS: plugins } })
        : // helm 3: Node, and the script that it is to run.
          spawnWhatIsThere(program, [...args.slice(0, at + 1), script, ...args.slice(at + 4)], options)
    },
    [Symbol.asyncDispose]: async () => server?.[Symbol.asyncDispose](),
  }
}

/** As post-render.mjs does it. */
const answer: Program = async ({ args: [rules], stdin, out, err }) => {
  const rendered = await stdin()
  try {
    out(await postRender(rendered, rules))
    return 0
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    err(`${said}\n`)
    if (rules !== undefined) await writeFile(`${rules}.error`, said)
    return 1
  }
}
