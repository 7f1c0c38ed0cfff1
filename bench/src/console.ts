// bench/src/console.ts: how soon the console is there, how soon a press of a button is seen in it, and how ten thousand devices scroll.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { parseSerialNumber } from '@fleet/contract/serial-number'
import type { Sandbox } from '@fleet/sandbox/sandbox'
import { builtConsole } from '../../console/build.ts'
import { consolePage, findChromium, openBrowser, type ConsolePage } from '../../e2e/browser.ts'
import type { Bench, Tell } from './bench.ts'
import type { Figure } from './figure.ts'
import { openFleet } from './open-fleet.ts'
import { memoryOf } from './processes.ts'
import { median, quantile } from './statistics.ts'

const SERIAL = parseSerialNumber('2000000000000001')
const OPENINGS = 7
const PRESSES = 40
const DEVICES = 10_000
const SCROLL_MS = 4000

type Browser = Awaited<ReturnType<typeof openBrowser>>
type Page = ConsolePage['page']

export const bench: Bench = {
  how: `the system's Chromium, headless; opened ${OPENINGS} times with an empty cache, median, until the device's link is in the table; ${PRESSES} presses, from before the order to the page's own change; ${DEVICES.toLocaleString('en-US')} devices answered by the bench in pages of 100, scrolled for ${SCROLL_MS / 1000} s by 300 px a frame`,
  async run(tell) {
    const chromium = findChromium()
    if (chromium === undefined) return { figures: [], skipped: 'there is no Chromium on PATH (nor CHROMIUM)' }
    tell('bringing up the sandbox')
    await using sandbox = await openFleet({ allowed: [SERIAL], pis: 1 })
    const browser = await openBrowser(chromium)
    try {
      return { figures: [await opened(browser, sandbox, tell), ...(await pressed(browser, sandbox, tell)), ...(await scrolled(browser, sandbox, tell)), await bundled()] }
    } finally {
      await browser.close()
    }
  },
}

/** In the page: when a selector first finds something, in ms since the navigation. */
const noting = (selector: string) => `new MutationObserver((_, observer) => { if (document.querySelector(${JSON.stringify(selector)})) { window.seenAt = performance.now(); observer.disconnect() } }).observe(document, { childList: true, subtree: true })`

async function opened(browser: Browser, sandbox: Sandbox, tell: Tell): Promise<Figure> {
  const ms: number[] = []
  for (let run = 0; run <= OPENINGS; run++) {
    tell(`opening, ${run} of ${OPENINGS}`)
    const { page } = await consolePage(browser, sandbox.endpoints.console)
    await page.addInitScript(noting('tbody a'))
    await page.goto('/')
    await page.getByRole('link', { name: SERIAL }).waitFor()
    if (run > 0) ms.push(await page.evaluate<number>('window.seenAt')) // the first bundles
    await page.context().close()
  }
  return { what: 'page opened until the fleet is in the table', value: median(ms) / 1000, unit: 's', target: { atMost: 1 } }
}

/** A person's finger is slower. */
const BETWEEN_MS = 250
const PATIENCE_MS = 10_000
/** Runs in the page: notes when the number of presses that it shows has changed. */
const NOTE_PRESSES = `(() => {
  const board = document.querySelector('.board svg')
  const presses = () => /pressed (\\d+) times/.exec(board.getAttribute('aria-label'))?.[1]
  let known = presses()
  new MutationObserver(() => {
    if (presses() === known) return
    known = presses()
    window.pressSeenAt = Date.now()
  }).observe(board, { attributes: true })
})()`

async function pressed(browser: Browser, sandbox: Sandbox, tell: Tell): Promise<Figure[]> {
  const { page } = await consolePage(browser, sandbox.endpoints.console)
  await page.goto(`/?page=device&serial=${SERIAL}`)
  await page.locator('#connection.live').waitFor()
  const board = page.getByRole('img', { name: /^Board of/ })
  await board.waitFor()
  await page.evaluate(NOTE_PRESSES)
  const ms: number[] = []
  let lost = 0
  for (let press = 0; press <= PRESSES; press++) {
    tell(`press ${press} of ${PRESSES}`)
    await page.evaluate('window.pressSeenAt = undefined')
    const before = Date.now()
    await sandbox.site.press(SERIAL)
    const isSeen = await page.waitForFunction('window.pressSeenAt !== undefined', undefined, { timeout: PATIENCE_MS }).then(() => true, () => false)
    if (press > 0 && isSeen) ms.push((await page.evaluate<number>('window.pressSeenAt')) - before)
    if (!isSeen) lost++
    await after(BETWEEN_MS)
  }
  await page.context().close()
  return [
    { what: 'button pressed until the page shows it, p95', value: quantile(ms, 0.95), unit: 'ms', target: { atMost: 150 }, note: 'through debounce, Greengrass, MQTT, shadow and WebSocket' },
    { what: 'button pressed until the page shows it, median', value: median(ms), unit: 'ms' },
    { what: `of ${PRESSES} presses, not seen within ${PATIENCE_MS / 1000} s`, value: lost, unit: 'presses', target: { atMost: 0 } },
  ]
}

const nameOf = (number: number) => `2${String(number).padStart(15, '0')}`

async function scrolled(browser: Browser, sandbox: Sandbox, tell: Tell): Promise<Figure[]> {
  tell(`${DEVICES} devices`)
  const { page } = await consolePage(browser, sandbox.endpoints.console, { viewport: { width: 1280, height: 900 } })
  await answerMany(page, sandbox.endpoints.console)
  await page.goto('/')
  await page.getByText(`${DEVICES} of ${DEVICES} devices`, { exact: true }).waitFor()
  tell('scrolling')
  const { frames, longest, ms } = await page.evaluate<{ frames: number; longest: number; ms: number }>(SCROLL)
  const cdp = await browser.newBrowserCDPSession()
  const { processInfo } = (await cdp.send('SystemInfo.getProcessInfo')) as { processInfo: { type: string; id: number }[] } // Chrome DevTools Protocol, SystemInfo
  const renderers = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => memoryOf([id]))
  const memory = Math.max(...renderers.map(({ rssMb, pssMb }) => pssMb ?? rssMb))
  await page.context().close()
  return [
    { what: `${DEVICES.toLocaleString('en-US')} devices: frames a second while scrolling`, value: (1000 * frames) / ms, unit: 'fps', target: { atLeast: 58 }, note: 'a screen of 60 Hz' },
    { what: `${DEVICES.toLocaleString('en-US')} devices: longest task while scrolling`, value: longest, unit: 'ms', target: { atMost: 50 }, note: '0: none over 50 ms, the least that browsers tell of' },
    { what: `${DEVICES.toLocaleString('en-US')} devices: memory of the page's process (PSS)`, value: memory, unit: 'MB', target: { atMost: 200 } },
  ]
}

/** Runs in the page. */
const SCROLL = `new Promise((resolve) => {
  const box = document.querySelector('.table-box')
  let [frames, longest, began] = [0, 0, performance.now()]
  const tasks = new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) longest = Math.max(longest, duration) })
  tasks.observe({ entryTypes: ['longtask'] })
  const step = (now) => {
    frames++
    box.scrollTop = (box.scrollTop + 300) % (box.scrollHeight - box.clientHeight)
    if (now - began < ${SCROLL_MS}) requestAnimationFrame(step)
    else setTimeout(() => { tasks.disconnect(); resolve({ frames, longest, ms: now - began }) }, 100)
  }
  requestAnimationFrame((now) => { began = now; step(now) })
})`

async function answerMany(page: Page, origin: string): Promise<void> {
  await page.route('**/indices/search', async (route) => {
    const { nextToken = '0' } = route.request().postDataJSON() as { nextToken?: string }
    const from = Number(nextToken)
    const things = Array.from({ length: 100 }, (_, index) => ({ thingName: nameOf(from + index), attributes: {}, connectivity: { connected: (from + index) % 10 !== 0, timestamp: 1_700_000_000_000 + from + index } }))
    await route.fulfill({ headers: { 'access-control-allow-origin': origin }, json: { things, ...(from + 100 < DEVICES && { nextToken: String(from + 100) }) } })
  })
}

async function bundled(): Promise<Figure> {
  const folder = await builtConsole()
  const bytes = readdirSync(folder).filter((file) => !file.startsWith('mqtt')).reduce((sum, file) => sum + gzipSync(readFileSync(join(folder, file))).length, 0)
  return { what: 'everything that a browser can load, gzip, besides the MQTT client', value: bytes / 1000, unit: 'kB', target: { atMost: 150 } }
}
