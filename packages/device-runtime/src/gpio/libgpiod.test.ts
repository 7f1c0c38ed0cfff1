// packages/device-runtime/src/gpio/libgpiod.test.ts: finding the header's chip with gpiodetect, and what is said when it cannot be found.
import { expect, test } from 'vitest'
import { boardServer } from '../testing/board-server.ts'
import { fakeGpioTools } from '../testing/fake-gpio-tools.ts'
import { headerChip } from './header-chip.ts'

test.each([
  ['a Pi 3', ['pinctrl-bcm2835'], 'gpiochip0'],
  ['a Pi 4', ['pinctrl-bcm2711', 'raspberrypi-exp-gpio'], 'gpiochip0'],
  ['a Pi 5 whose header is not the first chip', ['gpio-brcmstb@107d508500', 'gpio-brcmstb@107d517c00', 'pinctrl-rp1'], 'gpiochip2'],
])('%s: the chip is found by its label', async (_board, labels, chip) => {
  await using board = await boardServer()
  await using tools = await fakeGpioTools(board.path, labels)
  expect(await headerChip(tools.env)).toBe(chip)
})

test('without the header the error names the chips that are there', async () => {
  await using board = await boardServer()
  await using tools = await fakeGpioTools(board.path, ['gpio-brcmstb@107d508500'])
  await expect(headerChip(tools.env)).rejects.toMatchObject({ code: 'GPIO_UNAVAILABLE', message: expect.stringContaining('gpiochip0 [gpio-brcmstb@107d508500]') })
})

test('without the tools the error says what to install', async () => {
  await expect(headerChip({ PATH: '/nowhere' })).rejects.toMatchObject({ code: 'GPIO_UNAVAILABLE', remedy: expect.stringContaining('gpiod, version 2') })
})
