import { readId } from '../../../core/identity.ts'
import type { Deployable } from '../../../manifests/deployable.ts'

/** A deployable of plain manifests in namespace `dev`; what matters to a test is given. */
export const madeDeployable = (id: string, parts: Partial<Deployable> = {}): Deployable => ({
  id,
  of: readId(id),
  title: id,
  namespace: 'dev',
  source: { kind: 'manifests', paths: [] },
  needs: [],
  placementBy: 'objects',
  patches: [],
  skip: [],
  provides: [],
  hosts: [],
  expose: [],
  apiServices: [],
  revision: 1,
  at: { file: 'kindup.yaml', line: 1 },
  ...parts,
})
