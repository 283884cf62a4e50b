import { planMutatedObjects } from './plan-objects.ts'

const [count = '1000', seed = String(Date.now() % 1_000_000_000)] = process.argv.slice(2)
console.log(`${count} objects from seed ${seed}`)
const failures = await planMutatedObjects(Number(count), Number(seed))
for (const { seed: own, what, error } of failures.slice(0, 50))
  console.log(
    `seed ${own}: ${what}\n  ${error instanceof Error ? error.stack?.split('\n').slice(0, 3).join('\n  ') : String(error)}`,
  )
console.log(`${failures.length} of ${count} ended in a defect`)
process.exitCode = failures.length > 0 ? 1 : 0
