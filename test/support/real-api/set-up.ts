import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { isPromised } from '../real-tools.ts'
import { controlPlanePrograms, startControlPlane } from './control-plane.ts'
import { baselineOf } from './reset.ts'

/** vitest's global set-up: a real control plane for all tests, where its programs are; says loudly where they are not. */
export default async (): Promise<(() => Promise<void>) | void> => {
  const { apiserver, etcd, manager } = controlPlanePrograms()
  if (apiserver === undefined || etcd === undefined || manager === undefined) {
    const why =
      'the tests against a real API want kube-apiserver, etcd and kube-controller-manager in KUBEBUILDER_ASSETS or on the PATH.'
    if (isPromised('kube-apiserver')) throw new Error(`KINDUP_TEST_REQUIRED promises kube-apiserver: ${why}`)
    console.warn(`SKIPPED: ${why}`)
    return
  }
  const plane = await startControlPlane({ apiserver, etcd, manager })
  console.warn(`A real API: ${plane.programs.join(', ')}`)
  const file = join(plane.folder, 'access.json')
  await writeFile(file, JSON.stringify({ ...plane.access, baseline: await baselineOf(plane.access) }))
  process.env['KINDUP_TEST_API'] = file
  return async () => {
    await plane[Symbol.asyncDispose]()
  }
}
