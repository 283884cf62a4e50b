import { resolve } from 'node:path'
import { platformHostsFile } from '../../core/paths.ts'
import type { HostsConfig } from '../config.ts'
import type { FileConfig } from '../schema/file.ts'
import type { Scope } from './scope.ts'

/** The section `hosts`, with the platform's own file where none is named. */
export const normaliseHosts = (file: FileConfig['hosts'], scope: Scope): HostsConfig => ({
  mode: file?.mode ?? 'file',
  file: file?.file === undefined ? platformHostsFile(process.platform, scope.env) : resolve(scope.folder, file.file),
  extra: file?.extra ?? [],
})
