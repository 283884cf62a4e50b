import { html, type Html } from '../html.ts'
import { linked } from '../mark.ts'
import type { CredentialLine } from '../page.ts'
import { tableOf } from '../table.ts'

/** Names of logins; a password is in the page only where somebody asked for that, and folded away even there. */
export const credentialsBody = (credentials: readonly CredentialLine[]): Html => {
  const isHidden = credentials.some(({ hasPassword, password }) => hasPassword && password === undefined)
  const isAsked = credentials.some(({ key }) => key !== undefined)
  return html`${isHidden && html`<p>${isAsked ? 'A password is in this page while you look at it.' : 'Passwords are not in this page.'} <code>kindup credentials</code> shows them.</p>`}
  ${tableOf(
    'Ways to log in',
    ['Login', 'User', 'Address', 'Password'],
    credentials.map((one) => [one.name, one.username, one.url !== undefined && linked(one.url), passwordCell(one)]),
  )}`
}

const passwordCell = ({ name, username, hasPassword, password, key }: CredentialLine): Html | undefined => {
  if (!hasPassword) return undefined
  const whose = username === undefined ? name : `${username} of ${name}`
  if (password !== undefined)
    return html`<details class="password">
      <summary>Show<span class="unseen"> the password of ${whose}</span></summary>
      <code>${password}</code>
    </details>`
  if (key === undefined) return html`<span class="quiet">hidden</span>`
  // A page without its script has nobody to ask.
  return html`<button type="button" hidden data-key="${key}" aria-expanded="false">
      Show<span class="unseen"> the password of ${whose}</span>
    </button>
    <output></output>`
}
