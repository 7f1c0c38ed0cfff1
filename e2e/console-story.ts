// e2e/console-story.ts: what a story told in the console page stands on: a sandbox of its own, a browser, and a page that is live.
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, onTestFinished, test } from 'vitest'
import { consolePage, findChromium, openBrowser, type ConsolePage } from './browser.ts'
import { runningSandbox, type RunningSandbox, type Situation } from './running-sandbox.ts'

export const LONG_MS = 120_000 // what takes a device some steps, on a busy machine

const CHROMIUM = findChromium()
/** Skipped where there is no Chromium. */
export const inBrowser = test.skipIf(CHROMIUM === undefined)

export interface ConsoleStory {
  readonly sandbox: RunningSandbox
  readonly browser: Browser
  /** Waits until the page has its connection, unless it has none to have. */
  open(address?: string, options?: Parameters<typeof consolePage>[2]): Promise<ConsolePage>
}

/** For all tests of a file, which are told one after the other. */
export function consoleStory(situation: Situation): ConsoleStory {
  const own = new AsyncDisposableStack()
  let sandbox: RunningSandbox | undefined
  let browser: Browser | undefined
  beforeAll(async () => {
    if (CHROMIUM === undefined) return
    sandbox = own.use(await runningSandbox(situation))
    const opened = (browser = await openBrowser(CHROMIUM))
    own.defer(() => opened.close())
  })
  afterAll(() => own.disposeAsync())
  const there = <T>(thing: T | undefined): T => {
    if (thing === undefined) throw new Error('it is there from the beginning of the first test on')
    return thing
  }
  return {
    get sandbox() {
      return there(sandbox)
    },
    get browser() {
      return there(browser)
    },
    async open(address = '', options = {}) {
      const opened = await consolePage(there(browser), there(sandbox).endpoints.console, options)
      onTestFinished(() => opened.page.context().close())
      opened.page.setDefaultTimeout(LONG_MS)
      await opened.page.goto(`/${address}`)
      await live(opened.page)
      return opened
    },
  }
}

export const live = (page: Page) => page.locator('#connection', { hasText: /^live$/ }).waitFor({ timeout: LONG_MS })
export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' })
export const deviceAddress = (serial: string) => `?page=device&serial=${serial}`
