/** Commands that run nothing of a configuration: they show what it could, and ask nobody. */
const readOnly = new Set([
  'plan',
  'config',
  'render',
  'status',
  'diagnose',
  'credentials',
  'doctor',
  'down',
  'list',
  'show',
  'tools',
])

/** Whether a command does something with a configuration, so that it has to be trusted where it is from elsewhere. */
export const acts = (command: string): boolean => !readOnly.has(command)
