import { z } from 'zod'
import { cause, cluster, credential, endpoint, seconds, stepId, text, texts, type Documents } from './document.ts'

const spot = { namespace: text, pod: text, container: text }
const line = z.strictObject({ at: text.nullable().describe('ISO 8601'), step: stepId, ...spot, text })

/** Of the commands that look into a running cluster. */
export const inside: Documents = {
  credentials: { document: z.strictObject({ cluster, credentials: z.array(credential) }) },
  logs: {
    document: z.strictObject({ cluster, lines: z.array(line) }),
    lines: { flag: '--follow', line },
  },
  shell: {
    document: z.strictObject({
      cluster,
      step: stepId,
      ...spot,
      command: texts,
      code: z.number(),
      stdout: text,
      stderr: text,
    }),
    json: 'It wants a command behind `--`.',
    exits: { 1: 'it could not be started; else the exit code is that of the program, whatever it is' },
  },
  forward: {
    document: z.strictObject({
      cluster,
      forwards: z.array(
        z.strictObject({
          step: stepId,
          address: text.describe('127.0.0.1:8080'),
          local: z.number(),
          port: z.number().describe('of the pod'),
        }),
      ),
    }),
    json: 'It is printed once the ports answer; the command stays.',
  },
  debug: {
    document: z.strictObject({
      cluster,
      step: stepId,
      ...spot,
      runtime: z.enum(['node', 'python', 'java', 'go']),
      process: texts.describe('program and arguments'),
      address: text.describe('127.0.0.1:9229'),
      launch: z.record(text, z.unknown()).describe('for .vscode/launch.json'),
    }),
    json: 'It is printed once the debugger answers; the command stays.',
  },
  open: {
    document: z.strictObject({
      ...endpoint.shape,
      opened: z.boolean(),
      copied: z.boolean().describe('the password, to the clipboard'),
      username: text.optional(),
      password: text.optional().describe('with --show-password'),
    }),
  },
  ui: {
    document: z.strictObject({ url: text }),
    json: 'It is printed once the page is served; the command stays.',
  },
  diagnose: {
    document: z.strictObject({
      cluster: text.nullable().describe('its name; null where the file does not even tell that'),
      causes: z.array(cause).describe('the likeliest first'),
      unanswered: texts.describe('what could not be asked, and why'),
      folder: text.describe('all that was seen'),
      seconds,
    }),
    exits: { 0: 'it has looked, whatever it found' },
  },
  mcp: { json: 'Its standard output is that of the Model Context Protocol.' },
}
