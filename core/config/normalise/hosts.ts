import { join, resolve } from 'node:path'
import type { HostsConfig } from '../config.ts'
import type { FileConfig } from '../schema/file.ts'
import type { Scope } from './scope.ts'

/** The section `hosts`, with the platform's own file where none is named. */
export const normaliseHosts = (file: FileConfig['hosts'], scope: Scope): HostsConfig => ({
  mode: file?.mode ?? 'file',
  file: file?.file === undefined ? platformHostsFile(scope.env) : resolve(scope.folder, file.file),
  extra: file?.extra ?? [],
})

const platformHostsFile = (env: Scope['env']): string =>
  process.platform === 'win32'
    ? join(env['SystemRoot'] ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts')
    : '/etc/hosts'
