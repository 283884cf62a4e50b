import { pathToFileURL } from 'node:url'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApiServer, type ApiServer } from '../support/api-server/start-api-server.ts'
import { byTab, chromiumHere, isWithin, launch, openIn, violations } from '../support/browser.ts'
import { machine, type Machine } from '../support/stand-ins/machine.ts'

const program = chromiumHere()

const file = `name: guest
cluster: { context: office }
hosts: { mode: none }
secrets:
  login: { from: { literals: { user: me, password: open-sesame } }, namespaces: [guest] }
services:
  settings:
    namespace: guest
    deploy: { manifests: [./settings.yaml] }
    credentials: [{ name: settings, url: http://settings.localhost, secret: guest/login }]
`
const settings = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { colour: blue }\n'

/** As `kindup` itself writes and serves them, of a cluster something of which is gone. */
describe.skipIf(program === undefined)('how an environment stands, in Chromium', () => {
  let browser: Browser
  let server: ApiServer
  let at: Machine
  let env: Readonly<Record<string, string>>
  let report = ''
  const codes: (number | null)[] = []
  beforeAll(async () => {
    browser = await launch(program!)
    server = await startApiServer({
      context: 'office',
      nodes: [{ name: 'one', labels: { 'minikube.k8s.io/name': 'm' } }],
    })
    at = await machine({ programs: [] })
    await at.write('kindup.yaml', file)
    await at.write('settings.yaml', settings)
    await at.write('kubeconfig', server.kubeconfig)
    env = { KUBECONFIG: at.path('kubeconfig'), KINDUP_STATE: at.path('state') }
    codes.push((await at.kindup(['up', '--yes', '--quiet'], env)).code)
    server.state.remove({ apiVersion: 'v1', kind: 'ConfigMap', namespace: 'guest', name: 'settings' })
    // Something that a diagnosis names.
    server.state.put({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'lost', namespace: 'guest' },
      spec: { selector: { app: 'nobody' }, ports: [{ port: 80 }] },
    })
    codes.push((await at.kindup(['status', '--report', 'status.html'], env)).code)
    report = pathToFileURL(at.path('status.html')).href
  })
  afterAll(async () => {
    await browser?.close()
    await at?.[Symbol.asyncDispose]()
    await server?.[Symbol.asyncDispose]()
  })
  const open = (url: string, options?: BrowserContextOptions) => openIn(browser, url, options)

  it('says what is not well and why, and asks for nothing', async () => {
    expect(codes).toEqual([0, 1])
    await using page = await open(report)
    expect(await page.tab.locator('#verdict').innerText()).toContain('2 of 3 steps ready')
    expect(await page.tab.locator('h2').first().innerText()).toBe('What is not well')
    expect(await page.tab.locator('#why').innerText()).toMatch(/Service (guest\/)?lost/)
    for (const summary of await page.tab.locator('summary').all()) await summary.click()
    expect(page.asked).toEqual([report])
    expect(page.said).toEqual([])
  })

  it('is accessible in light and dark, at every width', async () => {
    for (const colorScheme of ['light', 'dark'] as const)
      for (const width of [1280, 834, 320]) {
        await using page = await open(report, { colorScheme, viewport: { width, height: 800 } })
        expect(await violations(page.tab)).toEqual([])
        expect(await isWithin(page.tab)).toBe(true)
      }
  })

  it('is reached by the keyboard, and holds no password on paper either', async () => {
    await using page = await open(report)
    const { wanted, reached } = await byTab(page.tab)
    expect(wanted).toBeGreaterThan(5)
    expect(reached).toBe(wanted)
    await page.tab.emulateMedia({ media: 'print' })
    expect(await page.tab.locator('nav').isVisible()).toBe(false)
    expect(await page.tab.content()).not.toContain('open-sesame')
    expect(await page.tab.locator('#credentials').innerText()).toContain('hidden')
  })

  it('is served while it stands so, with why, until it is well again', async () => {
    const ui = at.begin(['ui', '--no-open', '--json'], env)
    const { url }: { readonly url: string } = JSON.parse(await ui.printed('"url"'))
    {
      await using page = await open(url)
      await page.tab.locator('#why').getByText('lost').first().waitFor()
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.tab.emulateMedia({ colorScheme })
        expect(await violations(page.tab)).toEqual([])
      }
      expect(await page.tab.content()).not.toContain('open-sesame')
      await page.tab.getByRole('button', { name: 'Show the password' }).press('Enter')
      await page.tab.getByText('open-sesame').waitFor()
      server.state.remove({ apiVersion: 'v1', kind: 'Service', namespace: 'guest', name: 'lost' })
      expect((await at.kindup(['up', '--quiet'], env)).code).toBe(0)
      await page.tab.locator('#why').waitFor({ state: 'detached' })
      expect(await page.tab.locator('#verdict').innerText()).toContain('3 of 3 steps ready')
      expect(page.asked.every((one) => one.startsWith(url))).toBe(true)
      expect(page.said).toEqual([])
    }
    ui.kill('SIGINT')
    expect((await ui.ended).code).toBe(0)
  })
})
