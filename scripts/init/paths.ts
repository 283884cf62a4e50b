import { posix } from 'node:path'

/** The folder that a file or folder is in; `.` for what is at the top. */
export const folderOf = (path: string): string => posix.dirname(path)

export const nameOf = (path: string): string => posix.basename(path)

/** Whether a path is the folder itself or below it. */
export const isWithin = (path: string, folder: string): boolean =>
  folder === '.' || path === folder || path.startsWith(`${folder}/`)

/** A path as `kindup.yaml` wants it: one that begins with a dot, so that no chart is taken for a name. */
export const asWritten = (path: string): string => (path === '.' || path.startsWith('..') ? path : `./${path}`)

/** Makes a path that was written in a file of `folder` start at the top. */
export const fromFolder = (folder: string, path: string): string =>
  posix.normalize(posix.join(folder, path)).replace(/(?<=.)\/$/, '')
