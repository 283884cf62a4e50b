import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { launchOf } from '../../../app/debug/launch.ts'
import { processScript, readNodeAnswer, readProcesses } from '../../../app/debug/processes.ts'
import { runtimeOf } from '../../../app/debug/runtimes.ts'
import { ownFolder } from '../../support/own-folder.ts'

const run = (...words: readonly string[]) => ({ exe: words[0] ?? '', words, cwd: '/app', isGo: false })

describe('what runs in a container', () => {
  it.each([
    ['python', 5678, [run('/usr/bin/python3.13', '-m', 'debugpy', '--listen', '0.0.0.0:5678', 'app.py')], ''],
    ['python', undefined, [run('/usr/bin/python3', '/usr/bin/gunicorn', 'app:app')], ''],
    [
      'java',
      5005,
      [run('java', '-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,address=*:5005', '-jar', 'a.jar')],
      '',
    ],
    ['java', 5006, [run('/jdk/bin/java', '-jar', 'a.jar')], '-agentlib:jdwp=transport=dt_socket,server=y,address=5006'],
    ['java', undefined, [run('/jdk/bin/java', '-jar', 'a.jar')], ''],
    ['go', 40000, [run('/go/bin/dlv', 'exec', '/app', '--headless', '--listen=:40000')], ''],
    // A shell in front: the numbers of processes are no order.
    [
      'go',
      40001,
      [
        { ...run('/app'), isGo: true },
        { ...run('/go/bin/dlv', 'exec', '/app', '--headless', '-l', ':40001'), isGo: true },
      ],
      '',
    ],
    [
      'python',
      5678,
      [
        run('/usr/bin/python3', '/usr/bin/supervisord'),
        run('/py', 'a.py'),
        run('/usr/bin/python3', '-m', 'debugpy', '--listen', '5678', 'app.py'),
      ],
      '',
    ],
    ['go', undefined, [run('/sh'), { ...run('/app'), isGo: true }], ''],
  ])('%s with its debugger at %j', (name, port, processes, variables) =>
    expect(runtimeOf(processes, variables)).toMatchObject({ name, ...(port !== undefined && { port }) }),
  )

  it('a program of Python that opened its debugger itself is meant, and not the process that listens for it', () => {
    const adapter = ['/py/debugpy/adapter', '--for-server', '43567', '--host', '127.0.0.1', '--port', '5679']
    const app = run('/usr/bin/python3', '-u', 'opened.py')
    for (const processes of [
      [app, run('/usr/bin/python3', ...adapter)],
      [run('/usr/bin/python3', ...adapter), app],
    ])
      expect(runtimeOf(processes, '')).toMatchObject({ name: 'python', port: 5679, process: app })
  })

  it('a runtime without a debugger comes with what to put into its image', () => {
    expect(runtimeOf([run('/usr/bin/python3', '-u', 'app.py')], '')?.hints.join('\n')).toContain(
      'python -m debugpy --listen 127.0.0.1:5678 app.py',
    )
    expect(runtimeOf([run('/bin/busybox', 'httpd')], '')).toBeUndefined()
  })

  it.skipIf(process.platform !== 'linux')('is seen by a shell', async () => {
    // Not all that runs on this machine: a container has few processes.
    const proc = await ownFolder()
    for (const [pid, exe, cmdline] of [
      ['7', process.execPath, 'node\0--inspect\0a b.js\0'],
      ['8', join(proc, 'app'), '/app\0'],
      ['9', join(proc, 'gone'), ''],
    ] as const) {
      await mkdir(join(proc, pid))
      await symlink(exe, join(proc, pid, 'exe'))
      await symlink(proc, join(proc, pid, 'cwd'))
      await writeFile(join(proc, pid, 'cmdline'), cmdline)
    }
    await writeFile(join(proc, 'app'), '\0\xff Go buildinf:\0')
    const { stdout } = await promisify(execFile)('/bin/sh', ['-c', processScript.replaceAll('/proc/', `${proc}/`)], {
      env: { PATH: process.env['PATH'], JAVA_TOOL_OPTIONS: '-Dx=y' },
    })
    const { processes, variables } = readProcesses(stdout)
    expect(variables.trim()).toBe('-Dx=y')
    expect(processes).toEqual([
      { exe: process.execPath, cwd: proc, isGo: false, words: ['node', '--inspect', 'a b.js'] },
      { exe: join(proc, 'app'), cwd: proc, isGo: true, words: ['/app'] },
    ])
  })

  it('launch.json of Node leads to where the sources are', () => {
    const roots = { local: '${workspaceFolder}/web', remote: '/app' }
    expect(launchOf('node', 'web@dev', 9229, roots)).toMatchObject({
      type: 'node',
      request: 'attach',
      port: 9229,
      localRoot: '${workspaceFolder}/web',
      remoteRoot: '/app',
    })
  })

  it('what is no answer of the script is none', () => {
    expect(readNodeAnswer('node: bad option')).toBeUndefined()
    expect(readNodeAnswer('hello\n{"runtime":"node","state":"open","pid":7,"port":9229}')).toMatchObject({ port: 9229 })
  })
})
