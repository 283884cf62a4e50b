import { planMutatedConfigs } from './plan-configs.ts'
import { planMutatedObjects, type Failure } from './plan-objects.ts'

const [count = '1000', seed = String(Date.now() % 1_000_000_000)] = process.argv.slice(2)

const told = (failures: readonly Failure[], what: string): number => {
  for (const { seed: own, what: change, error } of failures.slice(0, 50))
    console.log(
      `seed ${own}: ${change}\n  ${error instanceof Error ? error.stack?.split('\n').slice(0, 3).join('\n  ') : String(error)}`,
    )
  console.log(`${failures.length} of ${what}`)
  return failures.length
}

console.log(`From seed ${seed}`)
const objects = told(await planMutatedObjects(Number(count), Number(seed)), `${count} objects ended in a defect`)
const half = Math.ceil(Number(count) / 2)
const configs = told(
  await planMutatedConfigs(half, Number(seed)),
  `${half} configurations ended in a defect, or in an error without a place`,
)
process.exitCode = objects + configs > 0 ? 1 : 0
