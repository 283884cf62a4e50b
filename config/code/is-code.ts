/** Names under which a folder holds its configuration as code. */
export const codeNames = ['kindup.config.ts', 'kindup.config.mts', 'kindup.config.mjs', 'kindup.config.js'] as const

/** Whether a file is a program that makes the configuration. */
export const isCode = (file: string): boolean => /\.[cm]?[jt]s$/.test(file)
