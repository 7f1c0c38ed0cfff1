// docs/wiring.test.ts: the table and the drawing of wiring.md agree with the lines that the components use.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { HEADER_CHIP_LABELS, WIRING } from '@fleet/contract/wiring'
import { expect, test } from 'vitest'

const page = await readFile(join(import.meta.dirname, 'wiring.md'), 'utf8')

/** Header pins of the BCM lines that we use (Raspberry Pi documentation, «GPIO and the 40-pin header»). */
const HEADER_PIN: Readonly<Record<number, number>> = { 16: 36, 17: 11 }

test.each([['LED', WIRING.led], ['push button', WIRING.button]])('the %s stands in the table with its line and pin', (part, line) => {
  const row = page.split('\n').find((text) => text.startsWith(`| ${part}`))
  const [, , bcm, pin] = row!.split('|').map((cell) => cell.trim())
  expect([Number(bcm), Number(pin)]).toEqual([line, HEADER_PIN[line]])
})

test.each(Object.values(WIRING))('BCM %i is drawn at its pin', (line) => {
  const pin = HEADER_PIN[line]!
  const row = page.split('\n').find((text) => new RegExp(`\\b${pin - (pin % 2 === 0 ? 1 : 0)} o o ${pin + (pin % 2)}\\b`).test(text))
  expect(row).toMatch(pin % 2 === 1 ? new RegExp(`BCM ${line} +${pin} o`) : new RegExp(`o ${pin} +BCM ${line}\\b`))
})

test('every label by which the chip is found is named', () => {
  for (const label of HEADER_CHIP_LABELS) expect(page).toContain(`\`${label}\``)
})
