// packages/contract/src/serial-number.ts: what a board's serial number is; it is also thing name, certificate CN and topic level.
import { FleetError } from './errors.ts'

/**
 * A Raspberry Pi's serial is 16 lower-case hex digits (device tree `serial-number`); other boards use the DMI product
 * serial or UUID. The grammar is the part that AWS IoT thing names, MQTT topic levels and certificate common names share.
 */
const GRAMMAR = /^[0-9a-z][0-9a-z-]{3,63}$/

export type SerialNumber = string & { readonly __brand: 'SerialNumber' }

export const isSerialNumber = (text: string): text is SerialNumber => GRAMMAR.test(text)

/** The serial number in `text`, in lower case. @throws FleetError SERIAL_NUMBER_MALFORMED */
export function parseSerialNumber(text: string): SerialNumber {
  const serial = text.trim().toLowerCase()
  if (isSerialNumber(serial)) return serial
  throw new FleetError(
    'SERIAL_NUMBER_MALFORMED',
    `«${text}» is not a serial number`,
    'A serial number has 4 to 64 of the characters 0-9 a-z - and does not begin with a hyphen, for example 10000000a1b2c3d4.',
  )
}
