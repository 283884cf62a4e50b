import { describe, expect, it } from 'vitest'
import { html, textOf, type Part } from '../../../../app/page/html.ts'
import { linked } from '../../../../app/page/mark.ts'

describe('markup', () => {
  it('escapes texts, in attributes too, and keeps what was made here', () => {
    const hostile = `<b title="x">&amp;'</b>`
    expect(
      textOf(html`<p title="${hostile}">${hostile}${html`<i>${1}</i>`}${['a', '<']}${undefined}${false}</p>`),
    ).toBe(
      '<p title="&lt;b title=&quot;x&quot;&gt;&amp;amp;&#39;&lt;/b&gt;">&lt;b title=&quot;x&quot;&gt;&amp;amp;&#39;&lt;/b&gt;<i>1</i>a&lt;</p>',
    )
  })

  it('takes no document from outside for markup', () => {
    const outside: Part = JSON.parse('{"markup":"<script>","Symbol(markup)":"<script>"}')
    expect(() => textOf(html`${outside}`)).toThrow(TypeError)
  })

  it('shows signs that steer a terminal, end a text or turn its direction as what they are', () => {
    expect(textOf(html`${'\u001B[31mred\u001B[0m \u0000\u0008\u202Egpj.exe\uD800\r\nend'}`)).toBe(
      'red \uFFFD\uFFFD\uFFFDgpj.exe\uFFFD\nend',
    )
  })

  it.each([
    ['https://web.localhost/?a=1&b="', true],
    ['javascript:alert(1)', false],
    [' javascript:alert(1)', false],
    ['data:text/html,<script>', false],
    ['tcp://127.0.0.1:5432', false],
    ['', false],
  ])('links %j: %s', (url, isLink) => {
    expect(textOf(linked(url)).startsWith('<a ')).toBe(isLink)
  })
})
