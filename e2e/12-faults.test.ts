// e2e/12-faults.test.ts: faults told by clicking: a card that is corrupt, and a release that cannot work.
import type { SandboxPi } from '@fleet/contract/sandbox-control'
import { expect } from 'vitest'
import { button, consoleStory, deviceAddress, inBrowser, LONG_MS } from './console-story.ts'
import { blinking, joined, running, serial } from './running-sandbox.ts'

const PIS = [serial(1), serial(2)] as const
const [WORN] = PIS
const story = consoleStory({ allowed: PIS, pis: PIS.length })

inBrowser('a corrupt card: the device says what to do, and joins again with a new one', async () => {
  const { sandbox } = story
  const { page, faults } = await story.open('?page=faults')
  const pi = page.getByRole('list', { name: 'Simulated Pis' }).getByRole('listitem').filter({ hasText: WORN })
  await pi.locator('.command', { hasText: `fleet sandbox corrupt-card ${WORN}` }).waitFor()
  await button(page, `Heat the board: ${WORN}`).click()
  await pi.locator('.command', { hasText: `fleet sandbox heat off ${WORN}` }).waitFor()
  await button(page, `Corrupt the card: ${WORN}`).click()
  await pi.locator('.state', { hasText: 'needs-help' }).waitFor()
  await pi.getByText(/This card has lost its private key: .* Flash it anew/).waitFor()
  await page.goto(`/${deviceAddress(WORN)}`)
  await page.getByText(/The Pi: needs-help\. This card has lost/).waitFor()
  await page.getByRole('listitem').filter({ hasText: 'offline' }).first().waitFor() // its alarm rings

  await page.goto('/?page=faults')
  await pi.locator('.command', { hasText: `fleet sandbox power on ${WORN} --new` }).waitFor()
  await button(page, `Flash a new card: ${WORN}`).click()
  await sandbox.until(WORN, 'joined again', joined, LONG_MS)
  await pi.locator('.state', { hasText: 'joined' }).waitFor()
  await page.getByRole('link', { name: 'Releases' }).click()
  await button(page, 'Pause').click() // a deployment is told to a device once: this and «Resume» tell it again
  await button(page, 'Yes').click()
  await button(page, 'Resume').click()
  await sandbox.until(WORN, 'working again', (each) => running(each) && blinking(each), LONG_MS)
  await page.getByRole('img', { name: /^Wave 1: 2 has it$/ }).waitFor()
  expect(faults).toEqual([])
})

inBrowser('a bad release: the first device that tries it goes back, the rollout stops, and an operator goes back for all', async () => {
  const { sandbox } = story
  const namesOf = (pi: SandboxPi | undefined) => pi?.stand.components.map(({ name, version, state }) => `${name} ${version} ${state}`).sort()
  const before = namesOf(sandbox.site.pi(WORN))
  const asBefore = (pi: SandboxPi) => String(namesOf(pi)) === String(before)
  const { page, faults } = await story.open('?page=faults')
  await page.locator('.command', { hasText: 'fleet sandbox bad-release' }).waitFor()
  await button(page, 'Deploy a bad release').click()
  await page.getByRole('link', { name: 'Look how it fares' }).click()
  await page.locator('.state', { hasText: 'paused' }).waitFor({ timeout: LONG_MS })
  await page.getByRole('heading', { name: '1 could not take it, and went back by themselves' }).waitFor()
  await page.getByRole('img', { name: /^Wave 1: 1 failed/ }).waitFor()
  for (const each of PIS) await sandbox.until(each, 'as it was', asBefore, LONG_MS)

  await page.getByRole('row').filter({ hasText: 'fleet deploy rollback' }).first().getByRole('button', { name: 'Roll back' }).click()
  await button(page, 'Yes').click()
  await page.getByRole('img', { name: /^Wave 1: 1 has it$/ }).waitFor() // as carefully as the one before: the other one a minute later
  expect(faults).toEqual([])
})
