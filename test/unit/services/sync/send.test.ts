import { describe, expect, it } from 'vitest'
import type { ExecIn } from '../../../../cluster/kube/exec.ts'
import type { Kube, KubeObject } from '../../../../cluster/kube/kube.ts'
import { EnvironmentError } from '../../../../core/errors.ts'
import { sendFiles } from '../../../../services/sync/send.ts'

const pod = (name: string, state: object, id = name): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'web' },
  spec: {
    nodeName: 'node',
    containers: [
      { name: 'web', image: 'web:1' },
      { name: 'aside', image: 'other:1' },
    ],
  },
  status: {
    phase: 'Running',
    containerStatuses: [{ name: 'web', state, ...('running' in state && { containerID: id }) }],
  },
})
const running = { running: {} }
const creating = { waiting: { reason: 'ContainerCreating' } }

/** Pods as each look finds them, the last one again and again. */
const world = (
  looks: readonly (readonly KubeObject[])[],
  answers: Record<string, (isReplacing: boolean) => ReturnType<ExecIn>> = {},
) => {
  let count = 0
  const sent: string[] = []
  const list = () => Promise.resolve(looks[Math.min(count++, looks.length - 1)] ?? [])
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is asked for nothing else, and would throw
  const kube = { list } as unknown as Kube
  const execIn: ExecIn = ({ pod: name, container }, [program, ...words]) => {
    const isReplacing = program !== 'rm' && !words.join(' ').includes('--overwrite')
    sent.push(`${program} ${name}/${container}${isReplacing ? ' (other files)' : ''}`)
    return answers[name]?.(isReplacing) ?? Promise.resolve({ code: 0, said: '' })
  }
  const body = { kind: 'file', mode: 0o644, bytes: Buffer.from('x') } as const
  const send = (files: Parameters<typeof sendFiles>[0]['files'] = [{ to: '/app/a.py', body }]) =>
    sendFiles({
      kube,
      execIn,
      ref: 'web:1',
      namespaces: ['web'],
      files,
      layering: Promise.resolve(),
      signal: AbortSignal.timeout(5_000),
    })
  return { sent, send, body }
}

describe('sending files', () => {
  it('reaches every running container of the image and no other', async () => {
    const { sent, send } = world([[pod('a', running), pod('b', running)]])
    expect(await send()).toBe(2)
    expect(sent).toEqual(['tar a/web', 'tar b/web'])
  })

  it('waits for a container that is just being made, and for one that is started again', async () => {
    const { sent, send } = world([
      [pod('a', running), pod('b', creating)],
      [pod('a', running, 'a again'), pod('b', creating)],
      [pod('a', running, 'a again'), pod('b', running)],
    ])
    expect(await send()).toBe(3)
    expect(sent).toEqual(['tar a/web', 'tar a/web', 'tar b/web'])
  })

  it('does not wait for what begins with the image as it is by then', async () => {
    const { sent, send } = world([
      [pod('a', running), pod('b', { waiting: { reason: 'CrashLoopBackOff' } }), pod('c', { terminated: {} })],
    ])
    await send()
    expect(sent).toEqual(['tar a/web'])
  })

  it('tries again where a container ends meanwhile, and forgets one that is gone', async () => {
    const gone = () => Promise.reject(new EnvironmentError('api-unreachable', 'Unexpected server response: 404'))
    const { sent, send } = world([[pod('a', running), pod('b', running)], [pod('b', running)]], { a: gone })
    expect(await send()).toBe(1)
    expect(sent).toEqual(['tar a/web', 'tar b/web'])
  })

  it('takes away what is gone, beside what is there', async () => {
    const { sent, send, body } = world([[pod('a', running)]])
    await send([{ to: '/app/a.py' }])
    await send([{ to: '/app/a.py' }, { to: '/app/b.py', body }])
    expect(sent).toEqual(['rm a/web', 'sh a/web'])
  })

  it.each(["tar: unrecognized option '--overwrite'", 'tar: app/a.py: Cannot open: Text file busy'])(
    'puts other files there where those that are there cannot be written: %s',
    async (said) => {
      const refuse = (isReplacing: boolean) => Promise.resolve(isReplacing ? { code: 0, said: '' } : { code: 2, said })
      const { sent, send, body } = world([[pod('a', running)]], { a: refuse })
      expect(await send()).toBe(1)
      await send([{ to: '/app/a.py' }, { to: '/app/b.py', body }])
      expect(sent).toEqual(['tar a/web', 'tar a/web (other files)', 'sh a/web', 'sh a/web (other files)'])
    },
  )

  it.each([
    ['exec: "tar": executable file not found in $PATH', undefined, /^There is no tar in container web of a\.$/],
    [
      'tar: app/a.py: Cannot open: Read-only file system',
      2,
      /^The root filesystem of container web of a is read-only\.$/,
    ],
    ['tar: app/a.py: Permission denied', 2, /^No write permission for these files in container web of a: /],
    ['tar: a directory is there', 2, /^The files could not be put into container web of a: /],
  ])('refuses for %s', async (said, code, sentence) => {
    const { send } = world([[pod('a', running)]], { a: () => Promise.resolve({ code, said }) })
    await expect(send()).rejects.toMatchObject({
      code: 'sync-refused',
      message: expect.stringMatching(sentence) as unknown,
    })
  })

  it('knows a read-only root filesystem though tar says another thing', async () => {
    const read = pod('a', running)
    const container = { name: 'web', image: 'web:1', securityContext: { readOnlyRootFilesystem: true } }
    const { send } = world([[{ ...read, spec: { containers: [container] } }]], {
      a: () => Promise.resolve({ code: 2, said: 'tar: app/a.py: Cannot open: File exists' }),
    })
    await expect(send()).rejects.toThrow('The root filesystem of container web of a is read-only.')
  })

  it('refuses where nothing runs the image', async () => {
    await expect(world([[]]).send()).rejects.toMatchObject({ message: 'No pod runs web:1.' })
  })
})
