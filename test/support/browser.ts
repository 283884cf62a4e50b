import { existsSync } from 'node:fs'
import process from 'node:process'
import axe from 'axe-core'
import type { Browser, BrowserContextOptions, Page as Tab } from 'playwright-core'

/** A Chromium of this machine; undefined where there is none, which is said, and an error where one is promised. */
export const chromiumHere = (): string | undefined => {
  const found = [
    process.env['KINDUP_TEST_CHROMIUM'],
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  ].find((path) => path !== undefined && existsSync(path))
  if (found !== undefined) return found
  if ((process.env['KINDUP_TEST_REQUIRED'] ?? '').split(' ').includes('chromium'))
    throw new Error('There is no Chromium, and KINDUP_TEST_REQUIRED promises one.')
  process.stderr.write(
    '\nNo Chromium was found: the tests in a browser are SKIPPED (KINDUP_TEST_CHROMIUM names one).\n\n',
  )
  return undefined
}

export const launch = async (program: string): Promise<Browser> => {
  const { chromium } = await import('playwright-core')
  return chromium.launch({ executablePath: program, args: ['--no-sandbox'] })
}

/** A tab, and what it asked for and complained of. */
export type Opened = AsyncDisposable & {
  readonly tab: Tab
  readonly asked: readonly string[]
  readonly said: readonly string[]
}

export const openIn = async (browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Opened> => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const tab = await context.newPage()
  const asked: string[] = []
  const said: string[] = []
  tab.on('request', (request) => void asked.push(request.url()))
  tab.on('console', (message) => void said.push(message.text()))
  tab.on('pageerror', (error) => void said.push(error.message))
  await tab.goto(url)
  return { tab, asked, said, [Symbol.asyncDispose]: () => context.close() }
}

/** What axe finds, which loads the page again. */
export const violations = async (tab: Tab): Promise<readonly string[]> => {
  // By the tab's own world, which the policy of the page does not hold for.
  const session = await tab.context().newCDPSession(tab)
  await session.send('Page.setBypassCSP', { enabled: true })
  await tab.reload()
  await tab.addScriptTag({ content: axe.source })
  const found: { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[] = await tab.evaluate(
    'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] }).then(({ violations }) => violations)',
  )
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`)
}

/** Nothing is beside the window, where one would have to scroll to. */
export const isWithin = (tab: Tab): Promise<boolean> =>
  tab.evaluate('document.documentElement.scrollWidth <= innerWidth')

/** What keys can reach, and what the Tab key does reach, each as its place among the first. */
export const byTab = async (tab: Tab): Promise<{ readonly wanted: number; readonly reached: number }> => {
  const wanted = await tab.locator('a[href], button:visible, summary:visible, pre[tabindex]:visible').count()
  const reached = new Set<unknown>()
  for (let turn = 0; turn < wanted; turn++) {
    await tab.keyboard.press('Tab')
    reached.add(
      await tab.evaluate(
        '[...document.querySelectorAll("a[href], button, summary, pre[tabindex]")].indexOf(document.activeElement)',
      ),
    )
  }
  reached.delete(-1)
  return { wanted, reached: reached.size }
}
