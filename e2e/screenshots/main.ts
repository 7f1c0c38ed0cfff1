// e2e/screenshots/main.ts: `npm run screenshots`: takes the pictures of the console that docs/ shows, from a sandbox of its own.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Page } from 'playwright-core'
import { consolePage, findChromium, openBrowser } from '../browser.ts'
import { runningSandbox, serial } from '../running-sandbox.ts'

const FOLDER = fileURLToPath(new URL('../../docs/images', import.meta.url))
const PIS = [0xa1b2c3d4, 0xa1b2c3d5, 0xa1b2c3d6].map(serial)
const SHOWN = PIS[0] ?? serial(1)

interface Picture {
  readonly file: string
  readonly address: string
  readonly colorScheme?: 'light' | 'dark'
  readonly size?: { readonly width: number; readonly height: number }
  readonly prepare?: (page: Page) => Promise<void>
}

const PICTURES: readonly Picture[] = [
  { file: 'console-fleet', address: '?page=fleet', prepare: (page) => page.getByText(/led \d/).nth(PIS.length - 1).waitFor() },
  {
    file: 'console-device',
    address: `?page=device&serial=${SHOWN}`,
    async prepare(page) {
      await page.getByRole('button', { name: 'Press the button' }).click()
      await page.getByText('1 presses', { exact: true }).waitFor()
      await page.locator('.state', { hasText: 'running' }).first().waitFor()
    },
  },
  { file: 'console-device-phone', address: `?page=device&serial=${SHOWN}`, colorScheme: 'dark', size: { width: 360, height: 740 }, prepare: (page) => page.getByRole('img', { name: /button pressed/ }).waitFor() },
  { file: 'console-releases', address: '?page=releases', prepare: (page) => page.getByRole('img', { name: /^Wave 1: 3 has it/ }).waitFor() },
  { file: 'console-admission', address: '?page=admission', prepare: (page) => page.getByText('unchanged').waitFor() },
  { file: 'console-faults', address: '?page=faults', colorScheme: 'dark', prepare: (page) => page.getByText('Unplug').nth(PIS.length - 1).waitFor() },
  {
    file: 'console-alarms',
    address: '?page=faults',
    async prepare(page) {
      await page.getByRole('button', { name: `Unplug: ${PIS.at(-1) ?? ''}` }).click()
      await page.getByRole('link', { name: 'Fleet' }).click()
      await page.getByRole('button', { name: 'Acknowledge offline of' }).waitFor()
      await page.getByText(/led \d/).first().waitFor()
    },
  },
]

const chromium = findChromium()
if (chromium === undefined) {
  process.stderr.write('error: there is no Chromium on PATH\n   do: install one (Debian: apt install chromium), or name it by CHROMIUM\n')
  process.exit(2)
}
mkdirSync(FOLDER, { recursive: true })
const sandbox = await runningSandbox({ allowed: PIS, pis: PIS.length })
const browser = await openBrowser(chromium)
for (const { file, address, colorScheme = 'light', size = { width: 1200, height: 800 }, prepare } of PICTURES) {
  const { page } = await consolePage(browser, sandbox.endpoints.console, { colorScheme, viewport: size })
  await page.goto(`/${address}`)
  await page.locator('#connection', { hasText: /^live$/ }).waitFor()
  await prepare?.(page)
  await page.screenshot({ path: `${FOLDER}/${file}.png` })
  process.stdout.write(`docs/images/${file}.png\n`)
  await page.context().close()
}
await browser.close()
await sandbox[Symbol.asyncDispose]()
process.exit(0)
