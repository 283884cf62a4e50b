import { needsCgroupPatch } from '../kind/document.ts'
import { nodeImage } from '../kind/node-images.ts'
import { withEngine, type Check } from './check.ts'

export const cgroupCheck: Check = {
  id: 'cgroup',
  title: 'the engine’s cgroups suit Kubernetes',
  run: (dependencies) =>
    withEngine(dependencies, async (engine) => {
      const { cgroupVersion } = await engine.info()
      const image = nodeImage(dependencies.config?.cluster.kubernetes)
      if (!needsCgroupPatch({ image, cgroupVersion })) return { state: 'ok', evidence: `cgroup v${cgroupVersion}` }
      return {
        state: 'warning',
        cause: 'The engine is on cgroup v1, which Kubernetes refuses from 1.35 on unless told otherwise.',
        evidence: 'cgroup v1; the kubelets are told (failCgroupV1: false), so it works for now',
        fix: 'Boot the machine with cgroup v2: systemd.unified_cgroup_hierarchy=1 on the kernel command line.',
      }
    }),
}
