// packages/contract/src/serial-number-schema.ts: a serial number as a schema; apart from its grammar, so that the admission hook's bundle carries no schema library.
import * as z from 'zod'
import { isSerialNumber } from './serial-number.ts'

export const SerialNumberSchema = z.string().refine(isSerialNumber, { error: 'is not a serial number (4 to 64 of 0-9 a-z -, not beginning with -)' })
