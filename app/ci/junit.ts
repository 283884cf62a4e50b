import type { SmokeResult } from '../../services/smoke/smoke.ts'

/**
 * Smoke tests as the JUnit XML that pipelines read: a suite a step, a case a test, times in seconds. Source: the schema of
 * Jenkins' xunit plugin, of which GitHub's and GitLab's readers take these elements.
 */
export const junitOf = (cluster: string, results: readonly SmokeResult[]): string => {
  const suites = [...Map.groupBy(results, ({ step }) => step)].map(([step, tests]) =>
    element('testsuite', { name: step, ...sums(tests) }, tests.map(testcase)),
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: cluster, ...sums(results) }, suites)}\n`
}

const testcase = ({ step, name, url, ok, message, ms }: SmokeResult): string =>
  element(
    'testcase',
    { classname: step, name: `${name} (${url})`, time: seconds(ms) },
    ok ? [] : [element('failure', { message: message ?? 'failed' }, [])],
  )

const sums = (tests: readonly SmokeResult[]): Record<string, string> => ({
  tests: `${tests.length}`,
  failures: `${tests.filter(({ ok }) => !ok).length}`,
  time: seconds(tests.reduce((sum, { ms }) => sum + ms, 0)),
})

const seconds = (ms: number): string => (ms / 1000).toFixed(3)

const element = (tag: string, attributes: Readonly<Record<string, string>>, children: readonly string[]): string => {
  const open = [tag, ...Object.entries(attributes).map(([name, value]) => `${name}="${escaped(value)}"`)].join(' ')
  if (children.length === 0) return `<${open}/>`
  return `<${open}>\n${children.map((child) => child.replaceAll(/^/gm, '  ')).join('\n')}\n</${tag}>`
}

/** Answers of services hold colours, NULs and halves of characters, which XML 1.0 has no way to write: they are left out. */
const escaped = (text: string): string =>
  text
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- they are what is looked for
    .replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll(/[\t\n\r]/g, (white) => `&#${white.charCodeAt(0)};`)
