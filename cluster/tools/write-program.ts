import { open } from 'node:fs/promises'

/** Writes a program so that after a power cut there is a whole one or none, as long as it gets its name afterwards. */
export const writeProgram = async (path: string, bytes: Buffer): Promise<void> => {
  const file = await open(path, 'w', 0o755)
  try {
    await file.writeFile(bytes)
  } finally {
    await file.close()
  }
  await makeProgram(path)
}

/** Flushed to the disk before it gets its name. */
export const makeProgram = async (path: string): Promise<void> => {
  const file = await open(path, 'r+')
  try {
    await file.chmod(0o755)
    await file.sync()
  } finally {
    await file.close()
  }
}
