// Asks for the page again and again, and puts in what differs: what is open stays open, and what has the focus keeps it.

const restMs = 3000
/** Parts as they were sent last, by id: what a reader changed in them since is no news. */
const sent = new Map()

const partsOf = (page) => [...page.querySelectorAll('#verdict, #facts, #parts, main > section')]

const note = (page) => {
  sent.clear()
  for (const part of partsOf(page)) sent.set(part.id, part.outerHTML)
}

/** Buttons that show a password: without a script nobody would answer them. */
const arm = (page) => {
  for (const button of page.querySelectorAll('button[data-key]')) button.hidden = false
}

const summariesOf = (part) =>
  [...part.querySelectorAll('details')].map((one) => [one.querySelector('summary')?.textContent, one])

const replace = (old, now) => {
  const open = new Set(summariesOf(old).flatMap(([text, one]) => (one.open ? [text] : [])))
  for (const [text, one] of summariesOf(now)) if (open.has(text)) one.open = true
  const reachable = 'a, button, summary, [tabindex]'
  const focused = [...old.querySelectorAll(reachable)].indexOf(document.activeElement)
  arm(now)
  old.replaceWith(now)
  if (focused >= 0) now.querySelectorAll(reachable)[focused]?.focus({ preventScroll: true })
}

const show = (page) => {
  const now = partsOf(page)
  const ids = now.map(({ id }) => id)
  const news = now.filter(({ id, outerHTML }) => sent.get(id) !== outerHTML)
  const before = new Set(sent.keys())
  note(page)
  document.title = page.title
  document.querySelector('header').className = page.querySelector('header').className
  for (const old of partsOf(document)) if (!ids.includes(old.id)) old.remove()
  for (const part of news) {
    const old = before.has(part.id) ? document.getElementById(part.id) : null
    if (old?.id === 'verdict') old.replaceChildren(...part.childNodes)
    else if (old) replace(old, part)
    else {
      const next = ids.slice(ids.indexOf(part.id) + 1).find((id) => before.has(id) && document.getElementById(id))
      arm(part)
      const place = part.matches('section') ? document.querySelector('main') : document.querySelector('header')
      place.insertBefore(
        part,
        next && place.contains(document.getElementById(next)) ? document.getElementById(next) : null,
      )
    }
  }
}

const say = (text) => {
  const lost = document.getElementById('lost')
  if (lost.textContent !== text) lost.textContent = text
}

const ask = async () => {
  try {
    const answer = await fetch('page', { cache: 'no-store' })
    const text = await answer.text()
    if (!answer.ok) say(text)
    else {
      say('')
      show(new DOMParser().parseFromString(text, 'text/html'))
    }
  } catch {
    say('kindup ui has ended: what stands here is what was seen last.')
  }
  setTimeout(() => void ask(), restMs)
}

const toggle = async (button) => {
  const output = button.parentElement.querySelector('output')
  const isShown = button.getAttribute('aria-expanded') === 'true'
  const label = (word) => (button.firstChild.textContent = word)
  if (isShown) {
    output.replaceChildren()
    button.setAttribute('aria-expanded', 'false')
    return label('Show')
  }
  const answer = await fetch('credentials', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key: button.dataset.key }),
  }).catch(() => undefined)
  const shown = document.createElement('code')
  shown.textContent = answer?.ok ? (await answer.json()).password : 'It could not be asked for.'
  output.replaceChildren(shown)
  button.setAttribute('aria-expanded', 'true')
  label('Hide')
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element ? event.target.closest('button[data-key]') : null
  if (button) void toggle(button)
})

note(document)
arm(document)
setTimeout(() => void ask(), restMs)
