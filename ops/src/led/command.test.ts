// ops/src/led/command.test.ts: the frequencies that are accepted are those of the contract.
import { LED_FREQUENCY_HZ } from '@fleet/contract/led'
import { expect, test } from 'vitest'
import { ledCommand } from './command.ts'

const { least, most } = LED_FREQUENCY_HZ
const parsed = (frequency: string) => ledCommand().exitOverride().configureOutput({ writeErr: () => {} }).parseOptions(['--frequency', frequency])

test('the limits of the contract, and no more', () => {
  for (const within of [least, 1, most, `${most} Hz`, `${least}hz`]) expect(() => parsed(String(within))).not.toThrow()
  for (const beyond of [least * 0.99, most * 1.01, 0, -1, 'NaN', 'Infinity', '']) expect(() => parsed(String(beyond))).toThrow('from 0.1 to 50')
  expect(ledCommand().helpInformation()).toContain(`${least} to ${most}`)
})
