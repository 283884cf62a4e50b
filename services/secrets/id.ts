/** The step of a secret of the file. */
export const secretId = (key: string): string => `secret/${key}`
