import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { documentOf } from '../../../../app/page/document.ts'
import { withoutSecrets } from '../../../../app/page/without-secrets.ts'
import { failedPage, hostile, samplePage } from '../../../support/sample-page.ts'

const textsOf = (document: string): string => document.replace(/<style>[\s\S]*?<\/style>/, '')
const count = (text: string, sign: RegExp): number => [...text.matchAll(sign)].length

describe('a page', () => {
  it('tells how it ended and why before all else, then what failed said', () => {
    const page = documentOf(failedPage)
    const order = [
      'failed after 61.0 s',
      '<h2 id="why-title">',
      'k8s/web.yaml:12:7',
      'What to do:',
      'last line',
      '<h2 id="timeline-title">',
    ]
    const places = order.map((text) => page.indexOf(text))
    expect(places.every((place) => place > 0)).toBe(true)
    expect(places).toEqual(places.toSorted((a, b) => a - b))
  })

  it('marks the critical path in words, and says of each step what its bar shows', () => {
    const page = documentOf(samplePage)
    expect(count(page, /class="badge">critical path</g)).toBe(3)
    expect(textsOf(page).replaceAll(/<[^>]+>/g, '')).toContain('created in 17.9 s, from 23.4 s on; waited for')
    expect(page).toContain('waited for cluster/nodes')
  })

  it('leaves out a column with nothing in it, and calls what stands badly no failure of a run', () => {
    const steps = documentOf({ ...samplePage, isLook: true, causes: failedPage.causes })
    expect(steps).not.toContain('>Why</th>')
    expect(steps).toContain('What is not well')
    expect(documentOf(failedPage)).toContain('>Why</th>')
    expect(documentOf(failedPage)).toContain('Why it failed')
  })

  it('has nothing of a hostile text as markup, and no more markup than with harmless ones', () => {
    const page = documentOf(failedPage)
    expect(page).not.toContain(hostile)
    expect(count(page, /<script/g)).toBe(0)
    expect(textsOf(page)).not.toMatch(/<(?:img|script|iframe|object)\b/)
    expect(textsOf(page).replaceAll(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\son\w+=/)
    expect(textsOf(page)).not.toMatch(/\sstyle=/)
    expect(page).not.toContain('href="javascript:')
    const harmless: typeof failedPage = JSON.parse(
      JSON.stringify(failedPage).replaceAll(JSON.stringify(hostile).slice(1, -1), 'x'),
    )
    const tags = (text: string) => textsOf(text).match(/<\/?\w+/g)
    expect(tags(page)).toEqual(tags(documentOf(harmless)))
  })

  it('allows its own style and script alone, and names nothing outside but its links', () => {
    for (const live of [false, true]) {
      const page = documentOf(samplePage, { live })
      const policy =
        /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1]?.replaceAll('&#39;', "'") ?? ''
      const hash = (tag: string): string => {
        const text = new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`).exec(page)?.[1] ?? ''
        return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
      }
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain(`style-src ${hash('style')};`)
      expect(policy).not.toContain('unsafe')
      expect(/script-src ([^;]*)/.exec(policy)?.[1]).toBe(live ? hash('script') : undefined)
      const addresses = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, url = '']) => url)
      const own = samplePage.endpoints.concat(samplePage.smoke).map(({ url }) => url)
      expect(addresses.filter((url) => !/^(?:#|data:,$)/.test(url) && !own.includes(url))).toEqual([])
    }
  })
})

describe('secrets', () => {
  it('are in no text of a page, passwords of logins neither', () => {
    const said = {
      ...samplePage,
      warnings: ['the login open-sesame was refused', 'Authorization: Bearer abcdefghijklmnopqrstuvwxyz'],
    }
    const page = documentOf(withoutSecrets(said, ['open-sesame']))
    expect(page).not.toContain('open-sesame')
    expect(page).not.toContain('abcdefghijklmnop')
    expect(page).toContain('Passwords are not in this page.')
  })

  it('stand where somebody asked for them, folded away, and nowhere else', () => {
    const page = documentOf(withoutSecrets({ ...samplePage, warnings: ['open-sesame'] }, ['open-sesame'], true))
    expect(count(page, /open-sesame/g)).toBe(1)
    expect(page).toMatch(/<details class="password">[^]*<code>open-sesame<\/code>\s*<\/details>/)
  })

  it('leave where and as whom to log in, although a Secret holds that too', () => {
    const page = documentOf(withoutSecrets(samplePage, ['open-sesame', 'admin', 'http://argocd.localhost']))
    expect(page).toMatch(/<td role="cell" data-head="User"[^>]*>admin<\/td>/)
    expect(page).toContain('href="http://argocd.localhost"')
    expect(page).not.toContain('open-sesame')
  })
})
