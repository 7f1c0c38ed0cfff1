// console/console.js: shows how every Pi stands, as it is told by the server, and sends the orders of the buttons.

/** @typedef {import('@fleet/contract/sandbox-control').SandboxPi} SandboxPi */

const element = (id) => document.getElementById(id)
const fleet = element('fleet')
/** @type {Map<string, {row: HTMLTableRowElement, pi: SandboxPi}>} */
const rows = new Map()

/** Which colour a state has: it needs a person, it is on its way, it is well. */
const MOOD = { joined: 'good', refused: 'bad', failed: 'bad', 'needs-help': 'bad', off: '' }

listen()
blink()
element('new-pi').addEventListener('submit', (event) => {
  event.preventDefault()
  const { serial } = event.target.elements
  void order(serial.value.trim().toLowerCase(), 'power', { on: true }).then((isDone) => isDone && event.target.reset())
})
fleet.addEventListener('click', ({ target }) => {
  const { order: name } = target.dataset
  if (name === undefined) return
  const { pi } = rows.get(target.closest('tr').dataset.serial)
  const orders = { press: {}, unplug: {}, power: { on: pi.power !== 'on' }, network: { cut: !pi.networkIsCut } }
  void order(pi.serial, name, orders[name])
})

/** The browser connects again by itself; what it then hears begins with everything. */
function listen() {
  const connection = element('connection')
  const events = new EventSource('api/events')
  let heard = new Set()
  events.onopen = () => {
    heard = new Set()
    connection.textContent = 'live'
    connection.className = ''
  }
  events.onerror = () => {
    connection.textContent = 'the sandbox does not answer: what you see is old'
    connection.className = 'stale'
  }
  events.onmessage = ({ data }) => {
    const event = JSON.parse(data)
    if (event.tell === 'pi') {
      heard.add(event.pi.serial)
      show(event.pi)
    } else if (event.tell === 'complete') {
      for (const [serial, { row }] of rows) if (!heard.has(serial)) (row.remove(), rows.delete(serial))
      element('empty').hidden = rows.size > 0
    }
  }
}

/** Texts only ever go in as text: a device's words are not trusted. */
function show(pi) {
  const row = rows.get(pi.serial)?.row ?? newRow(pi.serial)
  rows.set(pi.serial, { row, pi })
  element('empty').hidden = true
  const part = (selector) => row.querySelector(selector)
  const { stand } = pi
  part('.state').textContent = stand.state === 'joined' && !stand.connected ? 'joined, not connected' : stand.state
  part('.state').className = `state ${stand.state === 'joined' && !stand.connected ? 'wait' : (MOOD[stand.state] ?? 'wait')}`
  part('.what').textContent = [stand.state === 'joined' ? '' : stand.what, pi.networkIsCut && 'network cut', pi.clockSkewMs !== 0 && `clock wrong by ${pi.clockSkewMs / 1000} s`].filter(Boolean).join(' · ')
  part('.light').textContent = seen(stand.light)
  part('.presses').textContent = stand.button.presses
  part('.components').replaceChildren(...stand.components.filter(isOurs).sort((one, other) => one.name.localeCompare(other.name)).map(component))
  part('[data-order=press]').disabled = pi.power !== 'on'
  part('[data-order=unplug]').disabled = pi.power !== 'on'
  part('[data-order=power]').textContent = pi.power === 'on' ? 'Shut down' : 'Power on'
  part('[data-order=network]').textContent = pi.networkIsCut ? 'Restore network' : 'Cut network'
}

function newRow(serial) {
  const row = element('row').content.firstElementChild.cloneNode(true)
  row.dataset.serial = serial
  row.querySelector('.serial').textContent = serial
  for (const button of row.querySelectorAll('button')) button.setAttribute('aria-describedby', (row.querySelector('.serial').id = `pi-${serial}`))
  const next = [...fleet.rows].find((other) => other.dataset.serial > serial)
  fleet.insertBefore(row, next ?? null)
  return row
}

/** The LED as an eye sees it. */
function seen({ light, frequencyHz }) {
  if (light === 'blinking') return `on, ${frequencyHz.toFixed(1)} Hz`
  return light === 'dark' ? 'off' : light
}

/** The nucleus and its plugins are on every Pi. */
const isOurs = ({ name }) => !name.startsWith('aws.greengrass.')

function component({ name, version, state }) {
  const line = document.createElement('div')
  line.textContent = `${name.replace(/^fleetwright\./, '')} ${version}${state === 'RUNNING' ? '' : ` ${state}`}`
  return line
}

/** The lamps blink at the LED's own frequency, but no faster than 3 Hz: faster flashes can harm people with epilepsy (WCAG 2.3.1). */
function blink() {
  const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
  const step = (now) => {
    for (const { row, pi } of rows.values()) {
      const { light, frequencyHz } = pi.stand.light
      const isLit = light === 'lit' || (light === 'blinking' && (isStill || (now / 1000) * Math.min(frequencyHz, 3) * 2 % 2 < 1))
      row.querySelector('.lamp').classList.toggle('on', isLit)
    }
    requestAnimationFrame(step)
  }
  requestAnimationFrame(step)
}

/** @returns whether it was carried out; if not, the page says why and what to do. */
async function order(serial, name, content) {
  const answer = element('answer')
  try {
    const response = await fetch(`api/pis/${encodeURIComponent(serial)}/${name}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(content),
    })
    const said = await response.json()
    answer.textContent = response.ok ? '' : `${said.what}. ${said.remedy}`
    return response.ok
  } catch {
    answer.textContent = 'The sandbox does not answer. Look whether npm start still runs.'
    return false
  }
}
