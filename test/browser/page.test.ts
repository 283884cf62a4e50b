import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { documentOf } from '../../app/page/document.ts'
import { withoutSecrets } from '../../app/page/without-secrets.ts'
import type { Page } from '../../app/page/page.ts'
import { servePage } from '../../app/ui/serve-page.ts'
import { byTab, chromiumHere, isWithin, launch, openIn, violations } from '../support/browser.ts'
import { failedPage, samplePage } from '../support/sample-page.ts'

const program = chromiumHere()

/** A live page: keys instead of passwords. */
const livePage: Page = {
  ...samplePage,
  credentials: samplePage.credentials.map(({ password: _password, ...one }) => ({ ...one, key: 'k1' })),
  endpoints: samplePage.endpoints.map((one) => ({ ...one, answer: { ok: true, said: '200' } })),
}

describe.skipIf(program === undefined)('in Chromium', () => {
  let browser: Browser
  let folder = ''
  const files = new Map<string, string>()
  const fileOf = (name: string): string => files.get(name) ?? ''
  beforeAll(async () => {
    browser = await launch(program!)
    folder = await mkdtemp(join(tmpdir(), 'kindup-'))
    for (const [name, page] of Object.entries({ good: samplePage, bad: failedPage })) {
      const file = join(folder, `${name}.html`)
      await writeFile(file, documentOf(withoutSecrets(page, ['open-sesame'])))
      files.set(name, pathToFileURL(file).href)
    }
  })
  afterAll(async () => {
    await browser?.close()
    await rm(folder, { recursive: true, force: true })
  })

  const open = (url: string, options?: BrowserContextOptions) => openIn(browser, url, options)

  describe.each(['good', 'bad'])('a report (%s)', (name) => {
    it('asks for nothing, complains of nothing, and has nothing of others run', async () => {
      await using at = await open(fileOf(name))
      for (const summary of await at.tab.locator('summary').all()) await summary.click()
      expect(at.asked).toEqual([fileOf(name)])
      expect(at.said).toEqual([])
      expect(await at.tab.evaluate('window.broken')).toBeUndefined()
      expect(await at.tab.locator('script, img, iframe, [onerror], [onload]').count()).toBe(0)
    })

    it.each(['light', 'dark'] as const)('is accessible in %s, wide and narrow', async (colorScheme) => {
      for (const width of [1280, 834, 320]) {
        await using at = await open(fileOf(name), { colorScheme, viewport: { width, height: 800 } })
        expect(await violations(at.tab)).toEqual([])
        expect(await isWithin(at.tab)).toBe(true)
      }
    })

    it('is reached in all of its parts by the keyboard', async () => {
      await using at = await open(fileOf(name))
      const { wanted, reached } = await byTab(at.tab)
      expect(reached).toBe(wanted)
      // A folded text is opened by it, too.
      const summary = at.tab.locator('summary').last()
      await summary.focus()
      await at.tab.keyboard.press('Enter')
      expect(await at.tab.locator('details').last().getAttribute('open')).toBe('')
    })

    it('has on paper what is folded on a screen', async () => {
      await using at = await open(fileOf(name))
      const last = at.tab.locator('details > pre').last()
      expect(await last.isVisible()).toBe(false)
      await at.tab.emulateMedia({ media: 'print' })
      expect(
        await last.evaluate((pre: { checkVisibility(options: object): boolean }) =>
          pre.checkVisibility({ contentVisibilityAuto: true }),
        ),
      ).toBe(true)
      expect((await last.boundingBox())?.height).toBeGreaterThan(10)
    })
  })

  describe('kindup ui', () => {
    const serve = async () => {
      const state = { page: livePage }
      const served = await servePage({
        port: 0,
        see: async () => ({ page: state.page, passwords: new Map([['k1', 'open-sesame']]) }),
      })
      return { ...served, state, [Symbol.asyncDispose]: () => served.close() }
    }

    it('is accessible in light and dark', async () => {
      await using served = await serve()
      for (const colorScheme of ['light', 'dark'] as const) {
        await using at = await open(served.url, { colorScheme })
        expect(await violations(at.tab)).toEqual([])
      }
    })

    it('shows a password when its button is pressed, and has it nowhere before', async () => {
      await using served = await serve()
      await using at = await open(served.url)
      expect(await at.tab.content()).not.toContain('open-sesame')
      const button = at.tab.locator('button[data-key]').first()
      await button.focus()
      await at.tab.keyboard.press('Enter')
      await at.tab.getByText('open-sesame').waitFor()
      expect(await button.getAttribute('aria-expanded')).toBe('true')
      await button.click()
      expect(await at.tab.content()).not.toContain('open-sesame')
      expect(at.asked.every((url) => url.startsWith(served.url))).toBe(true)
      expect(at.said).toEqual([])
    })

    it('follows what changes, and leaves open what is open, and the focus where it is', async () => {
      await using served = await serve()
      await using at = await open(served.url)
      await at.tab.locator('summary').first().click()
      await at.tab.locator('#smoke a').first().focus()
      served.state.page = {
        ...livePage,
        verdict: { mark: 'failed', text: '2 of 3 steps ready' },
        smoke: livePage.smoke.map((one) => ({ ...one, ms: one.ms + 1 })),
        warnings: [],
      }
      await at.tab.getByText('2 of 3 steps ready').waitFor()
      expect(await at.tab.getByText('35 ms').count()).toBe(1)
      expect(await at.tab.locator('#smoke details').first().getAttribute('open')).toBe('')
      expect(await at.tab.evaluate('document.activeElement.closest("section")?.id')).toBe('smoke')
      expect(await at.tab.locator('#warnings').count()).toBe(0)
      served.state.page = livePage
      await at.tab.locator('#warnings').waitFor()
      expect(await at.tab.evaluate('[...document.querySelectorAll("main > section")].map(({ id }) => id).at(-1)')).toBe(
        'warnings',
      )
    })

    it('says that it has ended', async () => {
      const served = await serve()
      await using at = await open(served.url)
      await served.close()
      await at.tab.getByText('kindup ui has ended').waitFor()
      expect(await at.tab.locator('main > section').count()).toBeGreaterThan(0)
    })
  })
})
