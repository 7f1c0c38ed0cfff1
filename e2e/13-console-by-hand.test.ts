// e2e/13-console-by-hand.test.ts: the console by keyboard alone, its searches, and two people who write the same wish.
import { GetThingShadowCommand, UpdateThingShadowCommand } from '@aws-sdk/client-iot-data-plane'
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { violations } from './browser.ts'
import { button, consoleStory, deviceAddress, inBrowser, LONG_MS } from './console-story.ts'
import { blinking, serial } from './running-sandbox.ts'

const PIS = [serial(1), serial(2)] as const
const [ONE, OTHER] = PIS
const story = consoleStory({ allowed: PIS, pis: PIS.length })

const focused = (page: Page) => page.evaluate<string>('document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent')
/** Goes on by the Tab key until the focus is there. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let step = 0; step < 60; step++) {
    if ((await focused(page)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the Tab key does not lead to «${name}»`)
}
const shadowOf = async (name: string) => JSON.parse(Buffer.from((await story.sandbox.iotData.send(new GetThingShadowCommand({ thingName: ONE, shadowName: name }))).payload ?? []).toString()) as { state: { desired?: unknown }; version: number }

inBrowser('by keyboard alone: from the table to a device, through the map of waves, and a question that is answered by Escape', async () => {
  const { page, faults } = await story.open()
  await page.getByRole('link', { name: OTHER }).waitFor()
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('To the content')
  await tabTo(page, 'The fleet')
  await page.keyboard.press('ArrowDown')
  expect(await focused(page)).toBe(ONE)
  await page.keyboard.press('ArrowDown')
  expect(await focused(page)).toBe(OTHER)
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: ONE }).waitFor()

  await page.goto('/?page=fleet')
  await page.getByRole('link', { name: OTHER }).waitFor()
  await tabTo(page, 'Map of waves')
  await page.keyboard.press('Enter')
  await page.getByRole('img', { name: 'Wave 1: 2 has it' }).waitFor()
  await tabTo(page, 'Wave 1: 2 has it')
  await page.getByRole('status').filter({ hasText: /^\w+: has it$/ }).waitFor()
  const first = (await page.getByRole('status').filter({ hasText: /: has it$/ }).textContent())?.slice(0, ONE.length)
  await page.keyboard.press('ArrowRight')
  const second = first === ONE ? OTHER : ONE
  await page.getByRole('status').filter({ hasText: `${second}: has it` }).waitFor()
  expect(await violations(page)).toEqual([])
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { level: 1, name: second }).waitFor()

  await page.goto('/?page=releases')
  await button(page, 'Pause').waitFor()
  await tabTo(page, 'Pause')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('No')
  await page.keyboard.press('Escape')
  await button(page, 'Pause').waitFor()
  await expect.poll(() => focused(page)).toBe('Pause')
  expect(faults).toEqual([])
})

inBrowser('what is searched by a query is asked of the fleet index, and what it refuses is told; the table is sorted by what takes a call for each device', async () => {
  const { sandbox } = story
  for (const pi of PIS) await sandbox.until(pi, 'blinking', blinking, LONG_MS)
  await sandbox.site.press(ONE)
  await sandbox.until(ONE, 'dark', ({ stand }) => stand.light.light === 'dark', LONG_MS)
  const { page } = await story.open()
  const asked: string[] = []
  page.on('request', (request) => {
    if (request.url().endsWith('/indices/search')) asked.push((request.postDataJSON() as { queryString: string }).queryString)
  })
  const rows = page.locator('.table-box tbody').getByRole('link')
  const search = page.getByLabel('Serial number', { exact: true })
  await search.fill('shadow.name.led.reported.on:false')
  await expect.poll(async () => {
    await button(page, 'Ask again').click() // the index follows within seconds
    return rows.allTextContents()
  }, { timeout: LONG_MS, interval: 1000 }).toEqual([ONE])
  expect(asked.at(-1)).toMatch(/ AND shadow\.name\.led\.reported\.on:false$/)
  expect(page.url()).toContain('q=shadow')
  await search.fill('shadow.name.led.reported.on:(')
  await page.getByRole('alert').filter({ hasText: 'InvalidQueryException' }).waitFor()
  await search.fill(OTHER.slice(-3))
  await expect.poll(() => rows.allTextContents()).toEqual([OTHER])
  await search.fill('')
  for (const column of ['Health', 'Components', 'Certificate']) {
    await button(page, column).click()
    await page.getByRole('columnheader', { name: column }).and(page.locator('[aria-sort=ascending]')).waitFor()
    await page.getByText('2 of 2 devices', { exact: true }).waitFor() // all could be put in order
    expect(await rows.allTextContents()).toEqual([...PIS])
  }
})

inBrowser('a wish is written as JSON, nonsense is not sent, and who was overtaken is told', async () => {
  const { sandbox } = story
  const { page, faults } = await story.open(deviceAddress(ONE))
  const edit = button(page, 'Edit what is wished of button')
  const area = page.getByLabel('Wished state of button')
  await edit.click()
  await area.fill('{"note":')
  await page.getByRole('alert').filter({ hasText: 'This is no JSON object. Write it as {"key": value}.' }).waitFor()
  expect(await button(page, 'Wish').isDisabled()).toBe(true)
  await area.fill('{"note":"hall 3","other":1}')
  await button(page, 'Wish').click()
  await edit.waitFor()
  expect((await shadowOf('button')).state.desired).toEqual({ note: 'hall 3', other: 1 })

  await edit.click()
  await area.fill('{"note":"hall 4"}')
  await sandbox.site.press(ONE) // a report raises the version, and is no conflict
  await expect.poll(async () => (await shadowOf('button')).version, { timeout: LONG_MS }).toBeGreaterThan(2)
  await button(page, 'Wish').click()
  await edit.waitFor()
  expect((await shadowOf('button')).state.desired).toEqual({ note: 'hall 4' }) // what was left out is gone

  await edit.click()
  await area.fill('{"note":"hall 5"}')
  await sandbox.iotData.send(new UpdateThingShadowCommand({ thingName: ONE, shadowName: 'button', payload: Buffer.from('{"state":{"desired":{"note":"by somebody else"}}}') }))
  await button(page, 'Wish').click()
  await page.getByRole('alert').filter({ hasText: /Somebody else has wished something meanwhile; nothing was changed\. Leave it/ }).waitFor()
  expect((await shadowOf('button')).state.desired).toEqual({ note: 'by somebody else' })
  expect(faults).toEqual([])
})
