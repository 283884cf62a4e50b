import { defineConfig } from 'vitest/config'
import { controlPlanePrograms } from './test/support/real-api/control-plane.ts'
import config, { apart, project } from './vitest.config.ts'

/** The tests that stand on the stand-in API and run against a real kube-apiserver too. */
const both = [
  'test/unit/cluster/kube/{access,make-kube,watch}.test.ts',
  'test/unit/cluster/inventory/{lease,make-inventory,renders}.test.ts',
  'test/unit/cluster/ready/wait-until-ready.test.ts',
  'test/unit/services/deploy/{deploy-step,stuck-pods}.test.ts',
  'test/unit/services/remove/{namespace-end,others}.test.ts',
  'test/unit/services/secrets/secret-steps.test.ts',
]
const isHere = Object.values(controlPlanePrograms()).every((path) => path !== undefined)

// `npm run test:api`: one control plane for all of them, and one worker: each test finds the cluster as it was at first.
export default defineConfig({
  ...config,
  test: {
    ...config.test,
    maxWorkers: 1,
    passWithNoTests: !isHere,
    globalSetup: ['test/support/real-tools.ts', 'test/support/real-api/set-up.ts'],
    projects: [project('api', { include: isHere ? both : [], ...apart })],
  },
})
