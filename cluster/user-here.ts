import { userInfo } from 'node:os'

/** Who runs this. A number where the system has no name for it, as in many containers. */
export const userHere = (): string => {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? 'nobody')
  }
}
