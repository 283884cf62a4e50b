// node ci/stage.mjs check|test: with the Python of this machine or, where there is none, as a stage of the Dockerfile.
// Node is there wherever kindup runs.

import { spawnSync } from 'node:child_process'
import { tmpdir } from 'node:os'

const stages = {
  check: ['-W', 'error', '-m', 'compileall', '-q', 'app', 'test'],
  test: ['-W', 'error', '-m', 'unittest'],
}

const stage = process.argv[2] ?? ''
const words = stages[stage]
if (words === undefined) throw new Error(`there is no stage ${stage}: ${Object.keys(stages).join(', ')}`)

// `match` came with Python 3.10; the launcher of Windows is called py.
const recent = ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']
const answers = (program, args) => spawnSync(program, args, { stdio: 'ignore' }).status === 0
const python = ['python3', 'python', 'py'].find((program) => answers(program, recent))
const engine = ['docker', 'podman', 'nerdctl'].find((program) => answers(program, ['info']))

const command =
  python !== undefined
    ? [python, ...words]
    : engine !== undefined
      ? [engine, 'build', '--target', stage, '.']
      : undefined
if (command === undefined) throw new Error('neither Python 3.10 nor a container engine is here')

const [program, ...args] = command
// Bytecode beside the sources would be one more thing to ignore.
const env = { ...process.env, PYTHONPYCACHEPREFIX: tmpdir() }
process.exitCode = spawnSync(program, args, { stdio: 'inherit', env }).status ?? 1
