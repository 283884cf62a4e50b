import process from 'node:process'
import { usageError } from '../../core/errors.ts'
import { nameHint } from '../../core/suggest.ts'
import { asScript, scriptFlags } from '../../scripts/script-flags.ts'
import { cutOutputs } from './cut-outputs.ts'
import { editMutatedHosts } from './edit-hosts.ts'
import { editMutatedKubeconfigs } from './edit-kubeconfigs.ts'
import { planMutatedConfigs } from './plan-configs.ts'
import { planMutatedObjects, type Failure } from './plan-objects.ts'

const usage = `npm run test:mutations -- [COUNT [SEED]] [--only objects|configurations|hosts|kubeconfigs|outputs]

COUNT objects and hosts files, half as many configurations and a fifth as many kubeconfigs, each changed at random; and what programs
write, cut at every byte from COUNT 10000 on, and at fewer places below. Exits 1 where something ends in a defect.`

const walksOf = (
  all: number,
  first: number,
): Readonly<Record<string, () => Promise<{ readonly what: string; readonly failures: readonly Failure[] }>>> => {
  const half = Math.ceil(all / 2)
  const fifth = Math.ceil(all / 5)
  return {
    objects: async () => ({ what: `${all} objects ended in a defect`, failures: await planMutatedObjects(all, first) }),
    configurations: async () => ({
      what: `${half} configurations ended in a defect, or in an error without a place`,
      failures: await planMutatedConfigs(half, first),
    }),
    hosts: async () => ({
      what: `${all} hosts files lost a byte, or ended in a defect`,
      failures: editMutatedHosts(all, first),
    }),
    kubeconfigs: async () => ({
      what: `${fifth} kubeconfigs lost a byte, or ended in a defect`,
      failures: editMutatedKubeconfigs(fifth, first),
    }),
    outputs: async () => {
      const { runs, failures } = await cutOutputs(Math.max(1, Math.round(10_000 / all)))
      return {
        what: `${runs} runs with half an output ended in a defect, or in an error without the program`,
        failures,
      }
    },
  }
}

const told = (failures: readonly Failure[], what: string): number => {
  for (const { seed: own, what: change, error } of failures.slice(0, 50))
    console.log(
      `seed ${own}: ${change}\n  ${error instanceof Error ? error.stack?.split('\n').slice(0, 3).join('\n  ') : String(error)}`,
    )
  console.log(`${failures.length} of ${what}`)
  return failures.length
}

await asScript(async () => {
  const { values, positionals } = scriptFlags(
    { allowPositionals: true, options: { only: { type: 'string' }, help: { type: 'boolean' } } },
    'npm run test:mutations -- --help',
  )
  if (values.help === true) return console.log(usage)
  const [count = '1000', seed = String(Date.now() % 1_000_000_000), ...more] = positionals
  const wrong = [count, seed].find((word) => !/^\d+$/.test(word)) ?? more[0]
  if (wrong !== undefined || Number(count) === 0)
    throw usageError(`\`${wrong ?? count}\` is no number of changes.`, usage)
  const walks = walksOf(Number(count), Number(seed))
  const { only } = values
  if (only !== undefined && !Object.hasOwn(walks, only))
    throw usageError(`There is no ${only}.`, nameHint(only, Object.keys(walks), ''))
  console.log(`From seed ${seed}`)
  // What a library says to Node would stand between the words of a command.
  const warnings: string[] = []
  process.on('warning', (warning) => warnings.push(warning.message))
  let bad = 0
  for (const [name, walk] of Object.entries(walks)) {
    if (only !== undefined && only !== name) continue
    const { what, failures } = await walk()
    bad += told(failures, what)
  }
  for (const warning of new Set(warnings)) console.log(`Node was told: ${warning}`)
  process.exitCode = bad + warnings.length > 0 ? 1 : 0
})
