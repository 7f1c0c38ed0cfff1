// e2e/11-console.test.ts: the console page in a real browser: the story of a device told by clicking, who may do what, and what it stands.
import { GetThingShadowCommand, PublishCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import { chosenEngine } from '@fleet/ops/deploy/choose-engine'
import { deploy } from '@fleet/ops/deploy/deploy'
import { readHistory, storeOf } from '@fleet/ops/deploy/history'
import { currentRelease, makeCurrent } from '@fleet/ops/release/manifest-store'
import { telemetry } from '@fleet/contract/topics'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { consolePage, findChromium, openBrowser, violations, type ConsolePage } from './browser.ts'
import { joined, runningSandbox, serial, type RunningSandbox } from './running-sandbox.ts'

const CHROMIUM = findChromium()
if (CHROMIUM === undefined) console.info('e2e/11-console: skipped, there is no Chromium on PATH (nor CHROMIUM)')
const inBrowser = test.skipIf(CHROMIUM === undefined)

const [PI, STRANGER] = [serial(1), serial(2)]
const LONG_MS = 120_000 // what takes a device some steps, on a busy machine

let sandbox: RunningSandbox
let browser: Browser
beforeAll(async () => {
  if (CHROMIUM === undefined) return
  sandbox = await runningSandbox({ allowed: [PI], pis: 1 })
  browser = await openBrowser(CHROMIUM)
})
afterAll(async () => {
  if (CHROMIUM === undefined) return
  await browser.close()
  await sandbox[Symbol.asyncDispose]()
})

async function open(address = '', options: Parameters<typeof consolePage>[2] = {}): Promise<ConsolePage> {
  const opened = await consolePage(browser, sandbox.endpoints.console, options)
  onTestFinished(() => opened.page.context().close())
  opened.page.setDefaultTimeout(LONG_MS)
  await opened.page.goto(`/${address}`)
  await live(opened.page)
  return opened
}
const live = (page: Page) => page.locator('#connection', { hasText: /^live$/ }).waitFor({ timeout: LONG_MS })
const device = (of = PI) => `?page=device&serial=${of}`
const led = async (): Promise<unknown> => JSON.parse(Buffer.from((await sandbox.iotData.send(new GetThingShadowCommand({ thingName: PI, shadowName: 'led' }))).payload ?? []).toString())
/** Publishes and deploys the same components as another release. */
async function anotherRelease(): Promise<void> {
  const store = storeOf(sandbox.target)
  const current = await currentRelease(store)
  if (!current) throw new Error('nothing is released')
  await makeCurrent({ ...current.manifest, id: 'another00000' }, current, store)
  await deploy(sandbox.target, { engine: chosenEngine(sandbox.target, {}) })
}
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })

inBrowser('a device is found, pressed, set and given a new certificate', async () => {
  const { page, faults } = await open()
  await page.getByRole('link', { name: PI }).click()
  const board = page.getByRole('img', { name: new RegExp(`Board of ${PI}: LED blinks at 1 Hz, button pressed 0 times`) })
  await board.waitFor()

  await button(page, 'Press the button').click()
  await page.getByRole('img', { name: /LED off, button pressed 1 times/ }).waitFor()
  await page.locator('.journal code', { hasText: `$aws/things/${PI}/shadow/name/button/update/accepted` }).first().waitFor()

  await button(page, 'Press the button').click()
  await page.getByRole('img', { name: /LED blinks at 1 Hz, button pressed 2 times/ }).waitFor()
  await page.getByLabel('Frequency, Hz').fill('5')
  await button(page, 'Set').click()
  await page.getByRole('img', { name: /LED blinks at 5 Hz/ }).waitFor()
  await sandbox.until(PI, 'blinking at 5 Hz', ({ stand: { light } }) => light.light === 'blinking' && Math.abs(light.frequencyHz - 5) < 0.5)

  const former = await page.locator('.certificates code').getAttribute('title')
  await button(page, 'Rotate').click()
  await page.locator('.steps .reached', { hasText: 'old one retired' }).waitFor()
  await expect.poll(() => page.locator(`.certificates code[title="${former ?? ''}"]`).count(), { timeout: LONG_MS }).toBe(0)
  await page.getByRole('img', { name: /^Progress of the latest rotation: 4 of 4 steps last/ }).waitFor()
  expect(faults).toEqual([])
})

inBrowser('a refused device is admitted by one click', async () => {
  await sandbox.powerOn(STRANGER)
  await sandbox.until(STRANGER, 'refused', ({ stand }) => stand.state === 'refused')
  const { page } = await open('?page=admission')
  await button(page, `Admit ${STRANGER}`).click()
  await sandbox.until(STRANGER, 'joined', joined, LONG_MS)
  await page.getByRole('link', { name: 'Fleet' }).click()
  await button(page, 'Ask again').click()
  await page.getByRole('link', { name: STRANGER }).waitFor()
})

inBrowser('a fleet in which nothing happens: what is asked of a device comes into its row, and ages go on', async () => {
  const { page } = await open('')
  const row = page.locator('.table-box tbody tr', { has: page.getByRole('link', { name: PI }) })
  await row.getByText(/led \d/).waitFor()
  await row.getByText(/^\d+ days$/).waitFor()
  const age = async () => (await row.innerText()).match(/\d+ (second|minute)s? ago/)?.[0]
  const former = await age()
  expect(former).toBeDefined()
  await expect.poll(age, { timeout: LONG_MS }).not.toBe(former)
})

inBrowser('charts of a device begin with what is stored', async () => {
  const { page, faults } = await open(device())
  await button(page, 'Press the button').click()
  await page.getByRole('img', { name: /^Presses of the button: \d+ presses last/ }).waitFor()
  await expect.poll(async () => {
    await page.reload()
    await live(page)
    await page.getByText('Nothing has come since this page was opened.').waitFor()
    return page.getByRole('img', { name: /^Presses of the button: \d+ presses last/ }).count() // asked of the table
  }, { timeout: LONG_MS }).toBe(1)

  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString()
  for (const [sequence, minutes, mean] of [[1, 300, 11], [2, 30, 42]] as const) {
    const entry = { sequence, at: minutesAgo(minutes), cpu: { mean, max: 99 }, memory: 30, disk: 12, temperature: { mean: 50, max: 51 }, throttled: [], uptime: 100 }
    const batch = { firstAt: entry.at, firstSequence: sequence, lastSequence: sequence, sentAt: entry.at, lost: 0, entries: [entry] }
    await sandbox.iotData.send(new PublishCommand({ topic: telemetry.health.of(sandbox.target.names.telemetryRule, serial(8)), payload: Buffer.from(JSON.stringify(batch)) }))
  }
  await page.goto(`/${device(serial(8))}`)
  await page.getByRole('img', { name: 'Processor, %: 42 % last, 3 points' }).waitFor()
  await page.getByRole('img', { name: /^Temperature, °C: 51 °C last/ }).waitFor()
  await page.locator('.command', { hasText: `fleet telemetry ${serial(8)} --since 1h` }).waitFor()
  await page.getByRole('link', { name: 'Last 24 hours' }).click()
  await page.getByRole('img', { name: 'Processor, %: 42 % last, 6 points' }).waitFor()
  expect(page.url()).toContain('span=24h')
  expect(faults).toEqual([])
})

inBrowser('an unplugged device rings: a viewer cannot acknowledge it, an operator can, and it is over when the device is back', async () => {
  await sandbox.until(PI, 'joined', joined, LONG_MS)
  const { page, faults } = await open('?page=faults')
  for (const command of ['power off', 'unplug', 'network cut', 'clock +1h']) await page.locator('.command', { hasText: `fleet sandbox ${command} ${PI}` }).waitFor()
  await button(page, `Unplug: ${PI}`).click()
  await page.getByRole('link', { name: 'Fleet' }).click()
  const alarm = page.getByRole('list', { name: 'Open alarms' }).getByRole('listitem').filter({ hasText: PI })
  await alarm.filter({ hasText: /offline.*connection lost/ }).waitFor()
  await alarm.locator('.command', { hasText: `fleet alarms ack ${PI} offline` }).waitFor()
  expect(await violations(page)).toEqual([])

  await button(page, 'Sign out').click()
  await button(page, 'Sign in as viewer').click()
  await button(page, `Acknowledge offline of ${PI}`).click()
  await page.getByRole('alert').filter({ hasText: /not authorized to perform: dynamodb:UpdateItem[^]*Sign in as an operator/ }).waitFor()
  await button(page, 'Sign out').click()
  await button(page, 'Sign in as operator').click()
  await button(page, `Acknowledge offline of ${PI}`).click()
  await alarm.filter({ hasText: 'acknowledged by operator' }).waitFor()

  await alarm.getByRole('link', { name: PI }).click()
  await page.getByRole('listitem').filter({ hasText: 'acknowledged by operator' }).waitFor()
  await sandbox.powerOn(PI)
  await page.getByText('No alarm is open.').waitFor()
  await sandbox.until(PI, 'joined', joined, LONG_MS)
  expect(faults).toEqual([])
})

inBrowser('releases: waves, pause, resume and the way back, each with its command; what the device runs and logs', async () => {
  const { page, faults } = await open('?page=releases')
  await page.getByRole('img', { name: /^Wave 1: [12] has it/ }).waitFor()
  await button(page, 'Pause').click()
  await button(page, 'No').click()
  await button(page, 'Pause').click()
  await button(page, 'Yes').click()
  await page.locator('.state', { hasText: 'paused' }).waitFor()
  await page.locator('.command', { hasText: 'fleet deploy resume' }).waitFor()
  await button(page, 'Resume').click()
  await button(page, 'Pause').waitFor()
  expect(await page.locator('.state', { hasText: 'paused' }).count()).toBe(0)

  await anotherRelease()
  const former = page.getByRole('row').filter({ hasText: 'fleet deploy rollback' })
  const id = (await former.getByRole('rowheader').textContent()) ?? ''
  await former.getByRole('button', { name: 'Roll back' }).click()
  await button(page, 'Yes').click()

  await page.getByRole('heading', { level: 2, name: `Release ${id}` }).waitFor()
  await page.getByRole('img', { name: /^Wave 1: [12] has it$/ }).waitFor()

  await page.getByRole('link', { name: 'Fleet' }).click()
  await page.getByRole('link', { name: 'Map of waves' }).click()
  await page.getByRole('img', { name: /^Wave 1: [12] has it$/ }).waitFor()
  expect(page.url()).toContain('view=waves')
  await page.goto(`/${device()}&log=button`)
  await page.getByRole('region', { name: 'Log of button' }).locator('pre').first().waitFor()
  await page.getByRole('rowheader', { name: /fleet-dev/ }).waitFor()
  expect(faults).toEqual([])
})

inBrowser('a viewer cannot do what an operator does: the cloud refuses', async () => {
  if ((await readHistory(storeOf(sandbox.target))).length < 2) await anotherRelease() // there is something to roll back from
  const { page } = await open(device())
  await button(page, 'Sign out').click()
  await button(page, 'Sign in as viewer').click()
  await page.getByRole('img', { name: /LED/ }).waitFor()
  const before = await led()
  await page.getByLabel('Frequency, Hz').fill('7')
  await button(page, 'Set').click()
  await page.getByRole('alert').filter({ hasText: /not authorized to perform: iot:UpdateThingShadow[^]*Sign in as an operator/ }).first().waitFor()
  await button(page, 'Rotate').click()
  await page.getByRole('alert').filter({ hasText: /not authorized to perform: iot:CreateJob/ }).waitFor()
  await page.getByRole('link', { name: 'Admission' }).click()
  await page.getByLabel('Serial number').fill(serial(9))
  await button(page, 'Admit').click()
  await page.getByRole('alert').filter({ hasText: /s3:PutObject/ }).waitFor()
  await page.getByRole('link', { name: 'Audit' }).click()
  await button(page, 'Audit now').click()
  await page.getByRole('alert').filter({ hasText: /iot:StartOnDemandAuditTask/ }).waitFor()
  await page.getByRole('link', { name: 'Releases' }).click()
  await button(page, 'Pause').click()
  await button(page, 'Yes').click()
  await page.getByRole('alert').filter({ hasText: /greengrass:CancelDeployment/ }).waitFor()
  await page.getByRole('row').filter({ hasText: 'fleet deploy rollback' }).getByRole('button', { name: 'Roll back' }).first().click()
  await button(page, 'Yes').click()
  await page.getByRole('alert').filter({ hasText: /s3:PutObject/ }).waitFor()
  expect(await led()).toMatchObject({ state: (before as { state: object }).state })
})

inBrowser('what a device says is only ever text', async () => {
  const { page, faults } = await open(device())
  const evil = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
  await page.locator('.shadow pre').first().waitFor()
  await expect.poll(async () => {
    await sandbox.iotData.send(new PublishCommand({ topic: `fleet/${PI}/${encodeURIComponent(evil)}`, payload: Buffer.from(evil) })) // until the page listens
    return page.locator('.journal pre', { hasText: evil }).count()
  }, { timeout: LONG_MS }).toBeGreaterThan(0)
  await sandbox.iotData.send(new UpdateThingShadowCommand({ thingName: PI, shadowName: 'button', payload: Buffer.from(JSON.stringify({ state: { desired: { [evil]: evil } } })) }))
  await page.locator('.shadow pre', { hasText: 'onerror' }).waitFor()
  expect(await page.locator('main img:not([role]), main script').count()).toBe(0)
  expect(await page.title()).toBe('device – Fleetwright dev')
  await page.goto(`/?page=device&serial=${encodeURIComponent(evil)}`)
  await page.getByRole('heading', { level: 1, name: evil }).waitFor()
  expect(await page.locator('main img, main script').count()).toBe(0)
  expect(faults).toEqual([])
})

inBrowser('axe has nothing against any page, in light and dark, and none is wider than a phone', async () => {
  const { page } = await open('', { viewport: { width: 1200, height: 800 } })
  const show = async (address: string) => {
    await page.evaluate(`history.pushState(null, '', '/${address}'); dispatchEvent(new PopStateEvent('popstate'))`)
    await page.getByRole('heading', { level: 1 }).waitFor()
  }
  for (const address of ['?page=fleet', '?page=fleet&view=waves', device(), '?page=releases', '?page=admission', '?page=audit', '?page=cost', '?page=faults']) {
    await show(address)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      expect(await violations(page), `${address} in ${colorScheme}`).toEqual([])
    }
    await page.setViewportSize({ width: 360, height: 740 })
    expect(await page.evaluate('document.documentElement.scrollWidth'), `${address} on a phone`).toBeLessThanOrEqual(360)
    await page.setViewportSize({ width: 1200, height: 800 })
  }
  await button(page, 'Sign out').click()
  expect(await violations(page), 'sign-in').toEqual([])
})

/** Runs in the page: while the table is scrolled, before its rows are put in order. @returns what has the focus then */
const arrowDownFromRow = (number: number) => `(async () => {
  document.querySelector('.table-box').scrollTop = 20 * 40
  const row = (wanted) => [...document.querySelectorAll('.table-box tbody tr')].find(({ ariaRowIndex }) => Number(ariaRowIndex) === wanted)
  while (!row(${number} + 1)) await new Promise(requestAnimationFrame)
  const link = row(${number}).querySelector('a')
  link.focus({ preventScroll: true })
  link.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }))
  return document.activeElement.textContent
})()`

inBrowser('ten thousand devices are searched, filtered and sorted, and only those in sight are drawn', async () => {
  const { page } = await consolePage(browser, sandbox.endpoints.console, { viewport: { width: 1280, height: 1000 } })
  onTestFinished(() => page.context().close())
  const name = (number: number) => `2${String(number).padStart(15, '0')}`
  await page.route('**/indices/search', async (route) => {
    const { nextToken = '0' } = route.request().postDataJSON() as { nextToken?: string }
    const from = Number(nextToken)
    const things = Array.from({ length: 100 }, (_, index) => ({ thingName: name(from + index), attributes: {}, connectivity: { connected: (from + index) % 10 === 0, timestamp: 1_700_000_000_000 + from + index } }))
    await route.fulfill({ headers: { 'access-control-allow-origin': sandbox.endpoints.console }, json: { things, ...(from + 100 < 10_000 && { nextToken: String(from + 100) }) } })
  })
  await page.addInitScript('delete Element.prototype.moveBefore') // not all browsers keep the focus of what is moved
  await page.goto('/')
  await page.getByText('10000 of 10000 devices', { exact: true }).waitFor({ timeout: LONG_MS })
  const rows = page.locator('.table-box tbody tr:not([aria-hidden])')
  expect(await rows.count()).toBeLessThan(100)
  await page.evaluate("document.querySelector('.table-box').scrollTop = 1e9")
  await page.getByRole('link', { name: name(9999) }).waitFor()
  expect(await rows.count()).toBeLessThan(100)
  const numbers = () => page.evaluate<number[]>("[...document.querySelectorAll('.table-box tbody tr')].map((row) => Number(row.ariaRowIndex))")
  const inOrder = async () => (await numbers()).every((number, place, all) => place === 0 || number === (all[place - 1] ?? 0) + 1)
  await expect.poll(inOrder).toBe(true)
  expect((await numbers()).at(-1)).toBe(10_001) // the head is the first row
  await page.evaluate("document.querySelector('.table-box').scrollTop = 0")
  await expect.poll(async () => (await inOrder()) && (await numbers()).at(0)).toBe(2)
  const last = (await numbers()).at(-1) ?? 0
  expect(await page.evaluate(arrowDownFromRow(last)), 'to the next one, in the place of one that has left').toBe(name(last + 1 - 2))
  await expect.poll(async () => (await inOrder()) && (await numbers()).includes(last + 8)).toBe(true)
  expect(await page.evaluate('document.activeElement.textContent'), 'which keeps the focus when the rows are put in order').toBe(name(last + 1 - 2))
  await page.getByLabel('Serial number').fill('12')
  await page.getByLabel('Show').selectOption('online')
  await page.getByText(/^\d+ of 10000 devices$/).waitFor()
  expect(await rows.getByRole('link').allTextContents()).toContain(name(120))
  await button(page, 'Serial number').click() // was ascending
  await expect.poll(() => page.url()).toContain('sort=-serial')
  await page.reload()
  await page.getByText(/^\d+ of 10000 devices$/).waitFor({ timeout: LONG_MS })
  expect(await page.getByLabel('Serial number').inputValue()).toBe('12')
})

inBrowser('a fleet that takes more than a minute to come is not asked for anew before it is there', async () => {
  const { page } = await consolePage(browser, sandbox.endpoints.console)
  onTestFinished(() => page.context().close())
  const [secondPage, minuteOver] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()]
  let beginnings = 0
  await page.route('**/indices/search', async (route) => {
    const { nextToken } = route.request().postDataJSON() as { nextToken?: string }
    if (nextToken === undefined) beginnings++
    else {
      secondPage.resolve(undefined)
      await minuteOver.promise
    }
    const thingName = nextToken === undefined ? 'first' : 'second'
    await route.fulfill({ headers: { 'access-control-allow-origin': sandbox.endpoints.console }, json: { things: [{ thingName, attributes: {} }], ...(nextToken === undefined && { nextToken: 'second' }) } }).catch(() => undefined) // given up by the page
  })
  await page.clock.install()
  await page.goto('/')
  await secondPage.promise
  await page.clock.fastForward(70_000)
  await page.getByText('1 of 1 devices, more are coming', { exact: true }).waitFor({ timeout: LONG_MS })
  minuteOver.resolve(undefined)
  await page.getByText('2 of 2 devices', { exact: true }).waitFor({ timeout: LONG_MS })
  expect(beginnings).toBe(1)
  await page.clock.fastForward(70_000)
  await expect.poll(() => beginnings, { timeout: LONG_MS }).toBe(2)
})

inBrowser('a lost connection is told, and comes back by itself', async () => {
  const { page } = await open(device())
  await page.getByRole('img', { name: /LED/ }).waitFor()
  process.kill(sandbox.cloudPid, 'SIGKILL')
  await page.locator('#connection.stale').waitFor()
  expect(await page.locator('#connection').textContent()).toContain('what you see is old')
  await live(page)
  await sandbox.until(PI, 'joined', joined, LONG_MS)
  const presses = async () => Number(/(\d+) presses/.exec(await page.locator('.board').innerText())?.[1])
  await page.locator('.board', { hasText: /\d+ presses/ }).waitFor()
  const before = await presses()
  await expect.poll(async () => {
    await button(page, 'Press the button').click()
    return presses()
  }, { timeout: LONG_MS, interval: 1000 }).toBeGreaterThan(before)
})
