import { configureGlobal, readConfigureGlobal } from 'fast-check'

// Few inputs, and after the first failure no smaller one is looked for: each mutant asks the tests again.
configureGlobal({ ...readConfigureGlobal(), numRuns: 20, endOnFailure: true })
