import { expect, it } from 'vitest'
import { deployment, shop } from './shop.ts'

const configMap = (name: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { a: b }\n`

/** What each command that changes nothing asks of API and engine, and prints, for so many services of so many objects. */
const asked = async (services: number, objects: number) => {
  await using at = await shop()
  const names = Array.from({ length: services }, (_, index) => `svc${index}`)
  for (const name of names) {
    const maps = Array.from({ length: objects - 1 }, (_, index) => configMap(`${name}-${index}`))
    await at.write(`${name}.yaml`, [deployment(name, 'example/web:1'), ...maps].join('---\n'))
  }
  const lines = names.map((name) => `  ${name}: { namespace: many, deploy: { manifests: [./${name}.yaml] } }\n`)
  await at.write('kindup.yaml', `name: shop\nhosts: { mode: none }\nservices:\n${lines.join('')}`)
  await at.well('up', '--json')
  const count = async (command: string) => {
    const { requests } = at.api('shop').state
    const [before, calls] = [requests.length, at.calls.length]
    const { stdout, stderr } = await at.well(command)
    return {
      requests: requests.length - before,
      watches: requests.slice(before).filter(({ query }) => query.includes('watch=')).length,
      programs: at.calls.length - calls,
      lines: `${stdout}${stderr}`.trim().split('\n').length,
    }
  }
  return { up: await count('up'), plan: await count('plan'), status: await count('status') }
}

it.each(['up', 'plan', 'status'] as const)(
  '%s asks as much of an API with many services and objects as with few',
  async (command) => {
    const [few, many] = [(await small)[command], (await large)[command]]
    expect(many).toEqual({ ...few, watches: 0, lines: few.lines + (command === 'up' ? 0 : 3) })
  },
)

const small = asked(2, 3)
const large = asked(5, 12)
